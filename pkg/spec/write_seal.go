package spec

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/divioctl/divioctl/pkg/resource"
)

// With Split, each file of one resource contains a checksum of itself. An export into the
// same directory finds the files of resources that no longer exist, and may remove those
// that nobody has changed: a file that was edited, or copied to declare another resource,
// belongs to the user.

const (
	writtenBy = "# Written by divioctl export."
	sealMark  = "# Checksum of this file as it was exported: sha256:"
)

var seal = regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(sealMark) + `([0-9a-f]{64})\n`)

// sealed adds the checksum of a page to its header.
func sealed(page []byte) []byte {
	header := bytes.Index(page, []byte("\nversion:")) + 1
	line := fmt.Sprintf("%s%x\n", sealMark, sha256.Sum256(page))
	return slices.Insert(slices.Clone(page), header, []byte(line)...)
}

// isSealed reports whether content is as sealed has returned it.
func isSealed(content []byte) bool {
	at := seal.FindSubmatchIndex(content)
	if at == nil {
		return false
	}
	page := slices.Delete(slices.Clone(content), at[0], at[1])
	return string(content[at[2]:at[3]]) == fmt.Sprintf("%x", sha256.Sum256(page))
}

// ExportedFile is a file that an export with Split has written for one resource.
type ExportedFile struct {
	Address resource.Address
	// Edited: it is not as it was written.
	Edited bool
}

// Exported recognises a file, by its name (with slashes, as in [Written.Files]) and its
// content, that an export has written for one resource: it declares nothing else.
func Exported(name string, content []byte, kinds *resource.Catalog) (ExportedFile, bool) {
	dir, base := path.Split(name)
	collection := strings.TrimSuffix(dir, "/")
	k := kinds.ByCollection(collection, "")
	if k == nil || !(catalog{kinds}).splits(k) || !bytes.Contains(content, []byte("\n"+writtenBy)) {
		return ExportedFile{}, false
	}
	var document map[string]yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if decoder.Decode(&document) != nil || len(document) != 2 || document["version"].Kind != yaml.ScalarNode {
		return ExportedFile{}, false
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return ExportedFile{}, false
	}
	entries := document[collection]
	if entries.Kind != yaml.MappingNode || len(entries.Content) != 2 {
		return ExportedFile{}, false
	}
	key := entries.Content[0].Value
	number := regexp.MustCompile(`^` + regexp.QuoteMeta(safeName(k, key)) + `(-[0-9]+)?\.yaml$`)
	if !number.MatchString(base) {
		return ExportedFile{}, false
	}
	return ExportedFile{Address: resource.NewAddress(k.Name, resource.Address{}, key), Edited: !isSealed(content)}, true
}

// OrganisationOf returns the organisation that a file declares, "" for none.
func OrganisationOf(content []byte) string {
	var document struct{ Organisation string }
	if yaml.Unmarshal(content, &document) != nil {
		return ""
	}
	return document.Organisation
}
