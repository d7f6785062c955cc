package daemon

import (
	"strconv"

	"rowan/pool"
)

// turnBounds are the bounds of turns' times in seconds.
var turnBounds = func() (bounds []float64) {
	for i := range pool.TurnBuckets - 1 {
		bounds = append(bounds, pool.TurnBound(i).Seconds())
	}
	return bounds
}()

func (s *Server) collectContexts(p put) {
	looks := s.monitor.surveys.latest(s.pool.Workers())
	var found []pool.Survey
	for i, w := range s.pool.Workers() {
		worker, stats := strconv.Itoa(i), w.Stats()
		p.number(metricWorkerContexts, float64(stats.Contexts), worker)
		p.number(metricWorkerTurns, float64(stats.Turns), worker)
		p.number(metricWorkerWaiting, float64(stats.Queued), worker)
		p.number(metricWorkerTimers, float64(stats.Timers), worker)
		p.number(metricWorkerSlices, float64(stats.Slices), worker)
		p.number(metricWorkerStalls, float64(stats.Stalls), worker)
		p.number(metricWorkerAnswer, looks[i].took.Seconds(), worker)
		if cpu, ok := w.CPU(); ok {
			p.number(metricWorkerCPU, cpu.Seconds(), worker)
		}
		found = append(found, looks[i].found)
	}
	for _, k := range s.pool.KindStats(found...) {
		p.number(metricContexts, float64(k.Resident), k.Kind, "resident")
		p.number(metricContexts, float64(max(0, k.Contexts-k.Resident)), k.Kind, "parked")
		p.number(metricContextBytes, float64(k.ImageBytes), k.Kind, "images")
		p.number(metricContextBytes, float64(k.DeltaBytes), k.Kind, "deltas")
		p.number(metricContextBytes, float64(k.HeapBytes), k.Kind, "heaps")
		p.number(metricWindows, float64(k.Windows.Windows), k.Kind)
		p.number(metricForks, float64(k.Forks), k.Kind)
		p.number(metricParks, float64(k.Parks), k.Kind)
		p.number(metricResumes, float64(k.Resumes), k.Kind)
		p.times(metricTurns, turnBounds, k.Turns[:], k.TurnTime.Seconds(), k.Kind)
		for i, n := range k.Limits {
			p.number(metricLimits, float64(n), k.Kind, pool.LimitNames[i])
		}
		p.number(metricEventsRefused, float64(k.Refused), k.Kind)
		p.number(metricErrors, float64(k.Errors), k.Kind)
		p.number(metricCollections, float64(k.Collections), k.Kind)
		p.number(metricCollectionTime, k.Collecting.Seconds(), k.Kind)
	}
}
