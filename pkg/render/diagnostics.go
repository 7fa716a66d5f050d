package render

import (
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
)

// diagnostics prints problems in the files, each with the offending line and a
// mark below the place in it, and counts them at the end.
func (p *page) diagnostics(list diag.List) {
	for _, d := range list {
		p.diagnostic(d)
	}
	if len(list) > 0 {
		p.gap()
		p.line(0, text(countProblems(list)))
	}
}

func (p *page) diagnostic(d diag.Diagnostic) {
	spans := []span{as(red, "error: "), as(bold, d.Message)}
	if !d.At.IsZero() {
		spans = append([]span{as(bold, d.At.String()+": ")}, spans...)
	}
	p.line(0, spans...)
	if d.Line != "" && d.At.Line > 0 {
		gutter := fmt.Sprintf("%5d | ", d.At.Line)
		shown, mark := markLine(d.Line, d.At.Column, d.Width, p.columns()-len(gutter))
		p.line(0, as(dim, gutter), text(shown))
		if mark != "" {
			p.line(0, as(dim, "      | "), as(red, mark))
		}
	}
	if d.Hint != "" {
		p.line(2, as(bold, "hint: "), text(d.Hint))
	}
	for _, r := range d.Related {
		p.line(2, text(r.At.String()+": "+r.Message))
	}
}

// tabStop is how far apart tab stops are.
const tabStop = 4

// markLine returns a source line as it is shown and the line below it that marks length
// characters from column (counted from 1; 0 marks nothing). A line that is longer than
// limit columns is cut on both sides of the mark.
func markLine(source string, column, length, limit int) (shown, mark string) {
	var cells []string
	edges := []int{0} // where each cell begins, and the last one ends
	for _, r := range source {
		cell := safe(string(r))
		at := edges[len(edges)-1]
		if r == '\t' {
			cell = indent(tabStop - at%tabStop)
		}
		cells = append(cells, cell)
		edges = append(edges, at+displayWidth(cell))
	}
	first := min(max(0, column-1), len(cells))
	start, stop := 0, len(cells)
	for start < first && edges[first]-edges[start] > limit/2 && edges[stop]-edges[start] > limit {
		start++
	}
	for stop > first+1 && edges[stop]-edges[start] > limit {
		stop--
	}
	before := strings.Join(cells[start:first], "")
	if start > 0 {
		before = "…" + before
	}
	shown = before + strings.Join(cells[first:stop], "")
	if stop < len(cells) {
		shown += "…"
	}
	if column > 0 {
		end := min(first+max(1, length), stop)
		mark = indent(displayWidth(before)) + "^" + strings.Repeat("~", max(0, edges[end]-edges[first]-1))
	}
	return shown, mark
}

func countProblems(list diag.List) string {
	files := map[string]bool{}
	for _, d := range list {
		if d.At.File != "" {
			files[d.At.File] = true
		}
	}
	problems := count(len(list), "problem", "problems")
	if len(files) == 0 {
		return problems
	}
	return problems + " in " + count(len(files), "file", "files")
}
