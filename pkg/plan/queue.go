package plan

import "container/heap"

// Queue holds the ids of steps that may start and gives the lowest one first, so that
// steps are ordered, and made, in plan order. The zero value is empty.
type Queue struct{ ids ids }

// Len is the number of ids.
func (q *Queue) Len() int { return len(q.ids) }

// Add adds an id.
func (q *Queue) Add(id int) { heap.Push(&q.ids, id) }

// Next removes the lowest id and returns it. The queue must not be empty.
func (q *Queue) Next() int { return heap.Pop(&q.ids).(int) }

// ids is what container/heap works on.
type ids []int

func (q ids) Len() int           { return len(q) }
func (q ids) Less(i, j int) bool { return q[i] < q[j] }
func (q ids) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *ids) Push(x any)        { *q = append(*q, x.(int)) }
func (q *ids) Pop() any {
	last := len(*q) - 1
	id := (*q)[last]
	*q = (*q)[:last]
	return id
}
