package bundle

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Wanted is what a vendor wants of a package.
type Wanted struct {
	// Command is the file that the unit starts by, GOARCH the processor that it runs on.
	Command, GOARCH string
	// MaxZip and MaxUnpacked are the limits of sizes in bytes; zero is none.
	MaxZip, MaxUnpacked int64
}

// Check reads a finished zip as the vendor will: names, modes, sizes, and the executable that the unit starts by.
func Check(r io.ReaderAt, size int64, want Wanted) error {
	if want.MaxZip > 0 && size > want.MaxZip {
		return fmt.Errorf("the package has %s, of at most %s", Megabytes(size), Megabytes(want.MaxZip))
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("the package is not a zip: %w", err)
	}
	var total int64
	var command *zip.File
	var names []string
	for _, f := range z.File {
		if err := CheckName(f.Name); err != nil {
			return err
		}
		if mode := f.Mode(); !mode.IsRegular() || mode.Perm() != 0o755 && mode.Perm() != 0o644 || f.CreatorVersion>>8 != unix {
			return fmt.Errorf("%s has the mode %v in the package, expected a file of 0755 or 0644", f.Name, mode)
		}
		total += int64(f.UncompressedSize64)
		if f.Name == want.Command {
			command = f
		}
		names = append(names, f.Name)
	}
	switch {
	case !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names):
		return fmt.Errorf("the files of the package are not in order, each once")
	case want.MaxUnpacked > 0 && total > want.MaxUnpacked:
		return fmt.Errorf("the package unpacks to %s, of at most %s", Megabytes(total), Megabytes(want.MaxUnpacked))
	case command == nil:
		return fmt.Errorf("the package has no %s, which starts the unit", want.Command)
	case command.Mode().Perm() != 0o755:
		return fmt.Errorf("%s has the mode %v in the package, expected 0755", want.Command, command.Mode().Perm())
	}
	content, err := read(command)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", want.Command, err)
	}
	if err := CheckBinary(bytes.NewReader(content), want.GOARCH); err != nil {
		return fmt.Errorf("%s: %w", want.Command, err)
	}
	return nil
}

func read(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// CheckBinary accepts what every vendor's system can start: a static ELF executable for linux on the processor.
func CheckBinary(r io.ReaderAt, goarch string) error {
	f, err := elf.NewFile(r)
	if err != nil {
		return fmt.Errorf("this is not an ELF executable; build with GOOS=linux")
	}
	defer f.Close()
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	want, ok := machines[goarch]
	switch {
	case !ok:
		return fmt.Errorf("unknown architecture %q, expected amd64 or arm64", goarch)
	case f.Machine != want:
		return fmt.Errorf("built for %s, expected %s; build with GOARCH=%s", f.Machine, want, goarch)
	case f.Type != elf.ET_EXEC && f.Type != elf.ET_DYN:
		return fmt.Errorf("found %s, expected an executable", f.Type)
	case slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }):
		return fmt.Errorf("linked dynamically, expected a static executable; build with CGO_ENABLED=0")
	}
	if libraries, err := f.ImportedLibraries(); err == nil && len(libraries) > 0 {
		return fmt.Errorf("needs %s, expected a static executable; build with CGO_ENABLED=0", strings.Join(libraries, ", "))
	}
	return nil
}

// Megabytes writes a size in bytes for people.
func Megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
