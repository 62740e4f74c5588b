package platformtest

import "testing"

func TestCallsWhoseHandlersBeginLate(t *testing.T) {
	late := &sent{id: "late", wrong: &wrong{do: "obey", effects: 1}}
	unknown := &sent{id: "unknown", wrong: &wrong{effects: unknown}}
	looks := 0
	journal := func() ([]byte, error) {
		if looks++; looks < 3 {
			return nil, nil
		}
		return []byte("late\n"), nil
	}
	effects, err := ran([]*sent{late, unknown}, journal, patience)
	if err != nil || effects["late"] != 1 || late.problem(effects["late"]) != "" {
		t.Errorf("found %v, %v after %d looks, want that the handler ran once", effects, err, looks)
	}
	effects, err = ran([]*sent{late}, func() ([]byte, error) { return nil, nil }, 0)
	if err != nil || late.problem(effects["late"]) != "want it run 1 times" {
		t.Errorf("found %v, %v: a handler that never runs is not found", effects, err)
	}
}
