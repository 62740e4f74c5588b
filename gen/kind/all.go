package kind

import (
	"iter"
	"reflect"
	"slices"
	"sync"

	"github.com/faasgen/faasgen/annotations"
)

var list = sync.OnceValue(func() []*Kind {
	return []*Kind{
		httpKind(),
		apigwKind(),
		timerKind(),
		osKind(),
		mqKind(),
		kafkaKind(),
		logKind(),
		cdnKind(),
		eventKind(),
		rawKind(), // its codec claims every payload, so it comes last
	}
})

var index = sync.OnceValue(func() map[reflect.Type]*Kind {
	m := map[reflect.Type]*Kind{}
	for _, k := range list() {
		m[reflect.TypeOf(k.Marker())] = k
	}
	return m
})

// All are the kinds, in the order of precedence of codecs, and of rows in reports.
func All() iter.Seq[*Kind] { return slices.Values(list()) }

// Of is the kind of a marker, nil for any other value.
func Of(marker any) *Kind { return index()[reflect.TypeOf(marker)] }

// Wrong is the mistake in an argument of a marker that has a language of its own, nil if there is none; spec.CheckTriggers takes it.
func Wrong(marker any) *annotations.Mistake { return Of(marker).Wrong(marker) }

// Lookup is the kind of a word, nil for any other.
func Lookup(word string) *Kind {
	if i := slices.IndexFunc(list(), func(k *Kind) bool { return k.Word == word }); i >= 0 {
		return list()[i]
	}
	return nil
}

// DeliveryOf is the form in which events of the kind of a word are delivered, Raw for any other word.
func DeliveryOf(word string) Delivery {
	if k := Lookup(word); k != nil {
		return k.Delivery
	}
	return Raw
}

// Words are those of all kinds.
func Words() []string {
	var words []string
	for k := range All() {
		words = append(words, k.Word)
	}
	return words
}

// Words is the type of the resource in a sentence.
func (n Need) Words() string {
	for k := range All() {
		for _, r := range k.Resources {
			if r.Type == n.Type {
				return r.Words
			}
		}
	}
	return n.Type
}
