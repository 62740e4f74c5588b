package config

// Source is where the value of a key comes from. The zero Source is nowhere: the key has no value.
type Source struct {
	// Variable is the environment variable, empty if it is a file. Where the environment has both, the value and a reference to it,
	// it is that of the value.
	Variable string
	// File is the name of the file as messages call it. Line and Column, which counts characters, begin at 1.
	File         string
	Line, Column int
}

// Source returns where the value of key comes from, as [Get] would find it.
func (c *Config) Source(key string) Source {
	if _, ok := c.environment()(Variable(key)); ok {
		return Source{Variable: Variable(key)}
	}
	if from := ReferenceVariable(key); c.referred(key, from) {
		return Source{Variable: from}
	}
	if v := c.find(key); v != nil {
		return Source{File: v.file, Line: v.line, Column: v.col}
	}
	return Source{}
}

// referred reports whether the environment has a reference to the value of key.
func (c *Config) referred(key, from string) bool {
	_, ok := c.environment()(from)
	return ok && !isMember(from, key, c.find(key), nil)
}

// Each calls visit with every key that the files give a value that is not a mapping, in the order of the files, until visit returns
// false. It shows no values.
func (c *Config) Each(visit func(key string, s Source) bool) {
	if c != nil {
		c.root.each("", visit)
	}
}

func (v *value) each(key string, visit func(key string, s Source) bool) bool {
	if v == nil || v.null() {
		return true
	}
	if v.kind != mapping || len(v.keys) == 0 && key != "" {
		return visit(key, Source{File: v.file, Line: v.line, Column: v.col})
	}
	for _, k := range v.keys {
		at := k
		if key != "" {
			at = key + "." + k
		}
		if !v.named[k].each(at, visit) {
			return false
		}
	}
	return true
}
