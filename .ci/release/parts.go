package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/licensecheck"
)

// A part is something of others in the program.
type part struct {
	kind          cdx.ComponentType
	name, version string
	url           string   // of the package, by the rules of purl; "" has none
	licenses      []string // by their SPDX names
	texts         []text
}

// A text is a license or a notice that goes with a part.
type text struct{ file, said string }

// licenseFile matches the names of files that have to go along.
var licenseFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright)`)

// linked returns what is in a program beside duban itself: modules, the standard
// library, the font and the script of the page.
func linked(ctx context.Context, src string, info *debug.BuildInfo) ([]part, error) {
	root, err := run(ctx, src, nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	parts := []part{
		{kind: cdx.ComponentTypeFramework, name: "std", version: info.GoVersion, url: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go")},
		{kind: cdx.ComponentTypeData, name: "Noto Sans CJK SC (subset)", version: "2.004"},
		{kind: cdx.ComponentTypeLibrary, name: "htmx.org", version: "4.0.1", url: "pkg:npm/htmx.org@4.0.1"},
	}
	err = errors.Join(parts[0].read(root), parts[1].read(filepath.Join(src, "report", "font")), parts[2].read(filepath.Join(src, "web", "page", "htmx")))
	if err != nil {
		return nil, err
	}
	for _, m := range info.Deps {
		m = cmp.Or(m.Replace, m)
		dir, err := run(ctx, src, nil, "go", "list", "-m", "-f", "{{.Dir}}", m.Path)
		if err != nil {
			return nil, err
		}
		p := part{kind: cdx.ComponentTypeLibrary, name: m.Path, version: m.Version, url: "pkg:golang/" + m.Path + "@" + m.Version}
		if err := p.read(dir); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// read reads the licenses of a part from the folder in which it lies. A part without
// one must not be given to others.
func (p *part) read(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || !licenseFile.MatchString(e.Name()) && e.Name() != "OFL.txt" {
			continue
		}
		said, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		p.texts = append(p.texts, text{e.Name(), strings.TrimSpace(string(said))})
		for _, m := range licensecheck.Scan(said).Match {
			if !slices.Contains(p.licenses, m.ID) && !m.IsURL {
				p.licenses = append(p.licenses, m.ID)
			}
		}
	}
	if len(p.licenses) == 0 {
		return fmt.Errorf("%s %s: no license that is known in %s", p.name, p.version, dir)
	}
	return nil
}

// notices returns THIRD_PARTY.txt.
func notices(parts []part) []byte {
	var out bytes.Buffer
	fmt.Fprint(&out, "duban contains what is listed here, under the licenses that follow.\n\n")
	for _, p := range parts {
		fmt.Fprintf(&out, "    %s %s: %s\n", p.name, p.version, strings.Join(p.licenses, ", "))
	}
	for _, p := range parts {
		for _, t := range p.texts {
			fmt.Fprintf(&out, "\n%s\n%s %s: %s\n\n%s\n", strings.Repeat("=", 78), p.name, p.version, t.file, t.said)
		}
	}
	return out.Bytes()
}

// sbom returns the bill of materials of a program. It has no time and no serial
// number, so that the same program has the same bill.
func sbom(info *debug.BuildInfo, goos, goarch string, parts []part) ([]byte, error) {
	bom := cdx.NewBOM()
	main := cdx.Component{
		Type: cdx.ComponentTypeApplication, BOMRef: "duban", Name: "duban", Version: info.Main.Version,
		Properties: &[]cdx.Property{{Name: "GOOS", Value: goos}, {Name: "GOARCH", Value: goarch}},
	}
	bom.Metadata = &cdx.Metadata{Component: &main}
	components, refs := []cdx.Component{}, []string{}
	for _, p := range parts {
		c := cdx.Component{
			Type: p.kind, BOMRef: cmp.Or(p.url, p.name), Name: p.name, Version: p.version, PackageURL: p.url,
			Scope: cdx.ScopeRequired, Licenses: &cdx.Licenses{},
		}
		for _, id := range p.licenses {
			choice := cdx.LicenseChoice{License: &cdx.License{ID: id}}
			if !spdx.MatchString(id) {
				choice.License = &cdx.License{Name: id}
			}
			*c.Licenses = append(*c.Licenses, choice)
		}
		components, refs = append(components, c), append(refs, c.BOMRef)
	}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: "duban", Dependencies: &refs}}
	var out bytes.Buffer
	err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
	return out.Bytes(), err
}

// spdx matches the licenses that we have met and that SPDX has by that name.
var spdx = regexp.MustCompile(`^(MIT|0BSD|Apache-2\.0|BSD-[23]-Clause|OFL-1\.1|ISC|MPL-2\.0)$`)
