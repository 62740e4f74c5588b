package target

import (
	"fmt"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// maxContent is how many bytes the files of a package may have together where the cloud limits the zip alone: the zip is
// made in memory, and its size is known too late.
const maxContent = 1 << 30

// CheckSize reports files that are too large for the packages of some units, by what their folder says and without reading
// them. The program, which is not built yet, comes on top.
func CheckSize(t Target, units []*Unit, files []bundle.File) annotations.Diagnostics {
	var total int64
	largest := bundle.File{}
	for _, f := range files {
		total += f.Size
		if f.Size > largest.Size {
			largest = f
		}
	}
	limit := int64(maxContent)
	for _, u := range units {
		if unpacked := t.Entry(u).MaxUnpacked; unpacked > 0 {
			limit = min(limit, unpacked)
		}
	}
	if total <= limit {
		return nil
	}
	found := fmt.Sprintf("%s, %s with %s among them", bundle.Megabytes(total), largest.Name, bundle.Megabytes(largest.Size))
	r := Report{Target: t.Name()}
	r.Limit(largest.Place, "package.include", found, bundle.Megabytes(limit)+" at most")
	return r.Done()
}
