package render

import "io"

// Table prints rows below a header, the columns as wide as they need to be. A row
// may have fewer cells than the header.
func Table(w io.Writer, opt Options, header []string, rows [][]string) error {
	p := page{Options: opt}
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row[:min(len(row), len(widths))] {
			widths[i] = max(widths[i], displayWidth(safe(cell)))
		}
	}
	print := func(look look, row []string) {
		var spans []span
		for i, cell := range row[:min(len(row), len(widths))] {
			if i < len(row)-1 {
				cell = pad(cell, widths[i]+2)
			}
			spans = append(spans, as(look, cell))
		}
		p.line(0, spans...)
	}
	print(bold, header)
	for _, row := range rows {
		print(plain, row)
	}
	return p.writeTo(w)
}
