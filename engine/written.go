package engine

// A window is parked by comparing it with its image, which takes some 100 ns a page where they are equal: more than all
// else for an image of 100 pages or more. Where the system can tell which pages were written since they last equalled the
// image, only those are compared; elsewhere all are.

// pageRange is a range of a window's pages, first included and top not.
type pageRange struct{ first, top uint32 }

// rearmParks is how often a window is parked until the pages that were written meanwhile are watched again. To watch a page costs
// a fault at the next write, and most writes go to the same few pages.
const rearmParks = 64

// written returns the pages of the image that may differ from it, in order. The result is valid until the next call.
func (w *Window) written() []pageRange {
	w.ranges = w.ranges[:0]
	all := pageRange{stateOffset / pageSize, w.imageTop}
	if !w.writes.on {
		return append(w.ranges, all)
	}
	out, ok := w.writes.scan(w.ranges, w.base, all)
	if !ok {
		w.writes.on = false
		out = append(w.ranges[:0], all)
	}
	w.ranges = out
	return out
}

// rearm has the image's pages watched from now on. The window must equal its image.
func (w *Window) rearm() {
	w.parks = 0
	if w.writes.on {
		w.writes.on = w.writes.watch(w.base, pageRange{stateOffset / pageSize, w.imageTop})
	}
}
