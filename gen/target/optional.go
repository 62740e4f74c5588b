package target

// Optional is v, or nil if it says nothing: for what a vendor's file leaves out then.
func Optional[T comparable](v T) *T {
	var nothing T
	if v == nothing {
		return nil
	}
	return &v
}
