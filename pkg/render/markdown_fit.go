package render

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What a comment contains, and what is left out if it is too long. GitHub accepts
// 65,536 characters. We count bytes, which are never fewer than characters, and leave
// space for a line that a bot adds.
//
// Blocks get space by rank, and those of the same rank in their order, so that what is
// left out is at the end:
//
//   - a block that does not fit is shown without its values, one line per change;
//   - entries that still do not fit are left out from its end;
//   - a block without entries is left out completely.
//
// What is left out is counted at the top of the comment.
const (
	commentRoom   = 64_000
	shortcomings  = 1_000 // space for the sentence that counts
	longestRemark = 64    // space for the line about the rest of a block
)

// comment is a Markdown document: trusted text around blocks.
type comment struct {
	marker, title, lead string
	blocks              []*block
	tail                string
}

// block is a fence with entries, and trusted text around it.
type block struct {
	open, close string
	language    string
	entries     []entry
	one, many   string             // what an entry is
	changes     []*resource.Change // what the entries show, where it is changes

	// rank decides which block gets space first; shown and brief are the result: how
	// many entries are shown, and whether only their first lines.
	rank, shown int
	brief       bool
}

// entry is lines in a fence: the full text, and the part that must be shown.
type entry struct{ full, head string }

func (b *block) addLine(s string) {
	l := diffText('-', 0, s)
	b.entries = append(b.entries, entry{l, l})
}

// heading puts one above the block.
func (b *block) heading(title string) {
	if title != "" {
		b.open = "#### " + title + "\n\n"
	}
}

// fold makes the block collapsible and initially closed.
func (b *block) fold(summary string) {
	b.open += "<details><summary>" + summary + "</summary>\n\n"
	b.close = "\n</details>\n"
}

// add adds what is not empty.
func (c *comment) add(blocks ...*block) {
	for _, b := range blocks {
		if len(b.entries) > 0 {
			c.blocks = append(c.blocks, b)
		}
	}
}

func (c *comment) writeTo(w io.Writer) error {
	head := MarkdownMarker + c.marker + " -->\n### " + c.title + "\n\n" + c.lead + "\n"
	fit(c.blocks, commentRoom-shortcomings-len(head)-len(c.tail))
	var out bytes.Buffer
	out.WriteString(head)
	if sentence := leftOut(c.blocks); sentence != "" {
		out.WriteString("\n" + sentence + "\n")
	}
	for _, b := range c.blocks {
		if b.shown > 0 {
			out.WriteString("\n" + b.String())
		}
	}
	if c.tail != "" {
		out.WriteString("\n" + c.tail)
	}
	_, err := out.WriteTo(w)
	return err
}

// fit decides how much of each block is shown.
func fit(blocks []*block, room int) {
	ranked := slices.Clone(blocks)
	slices.SortStableFunc(ranked, func(a, b *block) int { return cmp.Compare(a.rank, b.rank) })
	for _, b := range ranked {
		size := b.frame()
		for _, e := range b.entries {
			size += len(e.full)
		}
		if size <= room {
			b.shown = len(b.entries)
			room -= size
			continue
		}
		size = b.frame()
		for _, e := range b.entries {
			if size+len(e.head) > room {
				break
			}
			size += len(e.head)
			b.shown++
			b.brief = b.brief || e.head != e.full
		}
		if b.shown > 0 {
			room -= size
		}
	}
}

// fence is long enough for all entries, shown or not.
func (b *block) fence() string {
	fence := ""
	for _, e := range b.entries {
		fence = max(fence, fenceFor(e.full)) // of two fences, the longer one is greater
	}
	return fence
}

// frame is the maximum space of a block without its entries.
func (b *block) frame() int {
	return len("\n"+b.open+b.language+"\n\n"+b.close) + 2*len(b.fence()) + longestRemark
}

func (b *block) String() string {
	fence := b.fence()
	var out strings.Builder
	out.WriteString(b.open + fence + b.language + "\n")
	for _, e := range b.entries[:b.shown] {
		if b.brief {
			out.WriteString(e.head)
		} else {
			out.WriteString(e.full)
		}
	}
	if rest := len(b.entries) - b.shown; rest > 0 {
		out.WriteString(diffText(' ', 0, "… "+count(rest, "more "+b.one, "more "+b.many)))
	}
	out.WriteString(fence + "\n" + b.close)
	return out.String()
}

// leftOut counts what is left out, "" for nothing.
func leftOut(blocks []*block) string {
	var parts []string
	brief := 0
	for i := 0; i < len(blocks); {
		// The folds of one heading are counted together.
		missing, first := 0, blocks[i]
		applications := map[string]bool{}
		for ; i < len(blocks) && blocks[i].many == first.many; i++ {
			b := blocks[i]
			missing += len(b.entries) - b.shown
			if b.brief {
				brief += b.shown
			}
			if b.changes != nil {
				for _, c := range b.changes[b.shown:] {
					applications[application(c)] = true
				}
			}
		}
		part := count(missing, "more "+first.one, "more "+first.many)
		if len(applications) > 0 {
			part += " in " + count(len(applications), "application", "applications")
		}
		if missing > 0 {
			parts = append(parts, part)
		}
	}
	if brief > 0 {
		parts = append(parts, "the values of "+count(brief, "change", "changes"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "**Too long for a comment.** Left out: " + strings.Join(parts, ", ") + ". See the log of the job."
}
