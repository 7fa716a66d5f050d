package kinds

import (
	"cmp"
	"slices"
)

// likePair is a pair of two sides that may be paired, and how much they have in common
// (at least 1).
type likePair struct{ ours, theirs, closeness int }

func (p likePair) compare(q likePair) int {
	return cmp.Or(cmp.Compare(p.ours, q.ours), cmp.Compare(p.theirs, q.theirs))
}

// assign chooses from pairs, which are sorted, so that no member of a side is in two and
// the sum of closeness is as high as possible. It returns theirs by ours. Members that
// are not connected by pairs do not influence each other, so each connected part is a
// problem of its own. A part with m members on its smaller side and n on the other costs
// m·m·n steps; the closeness of each pair is computed once, before.
func assign(pairs []likePair) map[int]int {
	chosen := map[int]int{}
	for _, part := range connected(pairs) {
		ours, theirs := numbering{}, numbering{}
		for _, p := range part {
			ours.add(p.ours)
			theirs.add(p.theirs)
		}
		swapped := len(ours.members) > len(theirs.members)
		rows, columns := ours, theirs
		if swapped {
			rows, columns = theirs, ours
		}
		matrix := make([][]int, len(rows.members))
		for i := range matrix {
			matrix[i] = make([]int, len(columns.members))
		}
		for _, p := range part {
			if swapped {
				matrix[rows.index[p.theirs]][columns.index[p.ours]] = p.closeness
			} else {
				matrix[rows.index[p.ours]][columns.index[p.theirs]] = p.closeness
			}
		}
		for row, column := range assignRows(matrix) {
			switch {
			case matrix[row][column] == 0:
			case swapped:
				chosen[columns.members[column]] = rows.members[row]
			default:
				chosen[rows.members[row]] = columns.members[column]
			}
		}
	}
	return chosen
}

// numbering numbers members in the order in which they are added.
type numbering struct {
	members []int
	index   map[int]int
}

func (n *numbering) add(member int) {
	if n.index == nil {
		n.index = map[int]int{}
	}
	if _, known := n.index[member]; !known {
		n.index[member] = len(n.members)
		n.members = append(n.members, member)
	}
}

// connected splits pairs into those that are connected by a common member, in the order
// of their first pairs.
func connected(pairs []likePair) [][]likePair {
	byOurs, byTheirs := map[int][]int{}, map[int][]int{}
	for k, p := range pairs {
		byOurs[p.ours] = append(byOurs[p.ours], k)
		byTheirs[p.theirs] = append(byTheirs[p.theirs], k)
	}
	seen := make([]bool, len(pairs))
	var parts [][]likePair
	for k := range pairs {
		var part []likePair
		for open := []int{k}; len(open) > 0; {
			next := open[len(open)-1]
			open = open[:len(open)-1]
			if seen[next] {
				continue
			}
			seen[next] = true
			p := pairs[next]
			part = append(part, p)
			open = append(append(open, byOurs[p.ours]...), byTheirs[p.theirs]...)
			delete(byOurs, p.ours) // each list is followed once
			delete(byTheirs, p.theirs)
		}
		if len(part) > 0 {
			slices.SortFunc(part, likePair.compare)
			parts = append(parts, part)
		}
	}
	return parts
}

// assignRows pairs each row with a column of its own so that the sum is as high as
// possible. There are at least as many columns as rows. This is the Hungarian method,
// which adds one row at a time.
func assignRows(weight [][]int) []int {
	const infinite = int(^uint(0) >> 2)
	rows, columns := len(weight), len(weight[0])
	u, v := make([]int, rows+1), make([]int, columns+1)
	rowOf, way := make([]int, columns+1), make([]int, columns+1)
	for i := 1; i <= rows; i++ {
		rowOf[0] = i
		least := slices.Repeat([]int{infinite}, columns+1)
		used := make([]bool, columns+1)
		j := 0
		for rowOf[j] != 0 {
			used[j] = true
			row, delta, next := rowOf[j], infinite, 0
			for k := 1; k <= columns; k++ {
				if used[k] {
					continue
				}
				if c := -weight[row-1][k-1] - u[row] - v[k]; c < least[k] {
					least[k], way[k] = c, j
				}
				if least[k] < delta {
					delta, next = least[k], k
				}
			}
			for k := 0; k <= columns; k++ {
				if used[k] {
					u[rowOf[k]] += delta
					v[k] -= delta
				} else {
					least[k] -= delta
				}
			}
			j = next
		}
		for j != 0 {
			rowOf[j] = rowOf[way[j]]
			j = way[j]
		}
	}
	out := make([]int, rows)
	for k := 1; k <= columns; k++ {
		if rowOf[k] > 0 {
			out[rowOf[k]-1] = k - 1
		}
	}
	return out
}
