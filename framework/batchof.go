package framework

import "reflect"

// BatchOf is what a function is called with for one message or several, as a new slice of their type; nil for anything else.
// Tools and layers that serve every kind of trigger call it; code that knows its own does not need it.
func BatchOf(event any) any {
	message := reflect.TypeFor[Message]()
	v := reflect.ValueOf(event)
	switch {
	case event == nil:
		return nil
	case v.Kind() == reflect.Slice && v.Type().Elem().Implements(message):
		return reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v).Interface()
	case v.Type().Implements(message) && v.Kind() == reflect.Struct:
		return reflect.Append(reflect.MakeSlice(reflect.SliceOf(v.Type()), 0, 1), v).Interface()
	}
	return nil
}
