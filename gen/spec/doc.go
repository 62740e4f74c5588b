// Package spec is f.yml: its types, defaults, validation and JSON schema. It knows no target: what a cloud makes of a
// key, and whether it can, is in gen/target/<name>. Positions in its diagnostics come from yaml nodes.
//
// # The file
//
// One YAML document in UTF-8, of at most 1 MB. Its keys are the faas tags of [Spec] and of the types below it, and what
// their comments say is what the JSON schema tells an editor. A key that does not exist, or that the standard
// has but this version does not, is an error; so is a key without a value, but for maps, where it means an empty one.
// Aliases and merge keys (<<) work as in YAML; what they stand for is counted, and too much of it refused.
//
// # Variables
//
// In values, ${env.NAME} and ${env.NAME:default} stand for environment variables; $${ is a literal ${, and anything else
// in ${} an error. A variable that is neither set nor given a default is one only where its value is needed, see [Spec.Unset]; what
// generated code depends on, and references to secrets, take none. They are replaced after the file has been
// read, so that no value can become YAML, and no message quotes them. Below environment, resources and domains, ${stage} and
// ${stage:default} stand for the stage, which For puts there. In x-<target> keys only ${env.NAME} is replaced: what
// else stands in ${} there is the vendor's. Targets whose tool has ${} of its own refuse a literal one elsewhere.
//
// # What covers what
//
// The settings of a function are the [Defaults], covered by provider, covered by the arguments of the function's
// //faas:handler directive, covered by functions.<name>. For one target, targets.<name> covers all of the file first; for one
// stage, stages.<name> covers that, and stages.<name>.targets.<target> covers the result.
// Maps (environment, tags, vpc, x-<target>, ...) are merged key by key at every depth; lists, events and single values
// replace what they cover. Events of a function replace the triggers of its directives.
//
// # Logical names
//
// Triggers name buckets, queues, topics, log stores, domains and event buses by logical names. resources says what each
// stands for, for all targets and, in targets.<name>, for one; a name without an entry is the real one. An entry that no
// trigger names is noted.
//
// # Secrets
//
// secrets says by configuration key where a value is: {from: ssm:/shop/token}. The values themselves stand nowhere in the file.
package spec
