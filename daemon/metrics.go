package daemon

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsHandler answers in the text format of Prometheus.
func (s *Server) metricsHandler() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), (*metrics)(s))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

// metrics are the numbers of a server, read when they are asked for. What is partitioned by workers, or by acceptors, is told for
// each of them, so that it can be seen how the load is spread.
type metrics Server

// metric describes a number, by the labels if it has any.
func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("rowan_"+name, help, labels, nil)
}

var (
	contextsMetric      = metric("contexts", "JavaScript contexts that live.", "worker")
	turnsMetric         = metric("turns_total", "Turns of contexts.", "worker")
	queuedMetric        = metric("tasks_waiting", "Tasks that wait for their context's turn.", "worker")
	socketsMetric       = metric("channel_sockets", "Sockets of channels that are open.", "worker")
	channelsMetric      = metric("channels", "Channels that are joined.", "worker")
	joinsMetric         = metric("channel_joins_total", "Joins that were answered with ok.")
	crashesMetric       = metric("channel_crashes_total", "Channels that crashed.")
	sessionsMetric      = metric("sessions", "WebSocket sessions that are open, those of channels not among them.")
	acceptedMetric      = metric("accepted_total", "Connections that were accepted.", "acceptor")
	refusedMetric       = metric("refused_total", "Connections, and requests by trusted proxies, that were refused, since their address has too many, began too many in a second, or lacks the header of the PROXY protocol.", "reason")
	rateMetric          = metric("rate_closes_total", "WebSockets closed since their client sent more messages, or bytes, in a second than [limits] allows.", "limit")
	notAcceptedMetric   = metric("accept_failures_total", "Times that no connection could be accepted, as when too many files are open. It is tried again.")
	subscriptionsMetric = metric("subscriptions", "Subscriptions of topics.", "space", "worker")
	waitingMetric       = metric("messages_waiting", "Messages of topics that wait for their worker.", "space", "worker")
	publishedMetric     = metric("published_total", "Messages published.", "space")
	deliveredMetric     = metric("delivered_total", "Messages delivered, once for each subscriber.", "space")
	droppedMetric       = metric("dropped_total", "Messages that a subscriber had no room for.", "space")
	bytesInMetric       = metric("socket_bytes_in_total", "Bytes read from WebSockets.")
	bytesOutMetric      = metric("socket_bytes_out_total", "Bytes written to WebSockets.")
	closedMetric        = metric("socket_closes_total", "WebSockets that ended, by close code.", "code")
)

// Describe is a prometheus.Collector's.
func (m *metrics) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, to) }

// Collect is a prometheus.Collector's.
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	s := (*Server)(m)
	send := func(kind prometheus.ValueType) func(d *prometheus.Desc, n float64, labels ...string) {
		return func(d *prometheus.Desc, n float64, labels ...string) {
			to <- prometheus.MustNewConstMetric(d, kind, n, labels...)
		}
	}
	gauge, counter := send(prometheus.GaugeValue), send(prometheus.CounterValue)
	for i, w := range s.pool.Workers() {
		worker, stats := strconv.Itoa(i), w.Stats()
		gauge(contextsMetric, float64(stats.Contexts), worker)
		gauge(queuedMetric, float64(stats.Queued), worker)
		counter(turnsMetric, float64(stats.Turns), worker)
	}
	channels := s.hub.Stats()
	for i, w := range channels.Workers {
		gauge(socketsMetric, float64(w.Sockets), strconv.Itoa(i))
		gauge(channelsMetric, float64(w.Channels), strconv.Itoa(i))
	}
	counter(joinsMetric, float64(channels.Joins))
	counter(crashesMetric, float64(channels.Crashes))
	gauge(sessionsMetric, float64(s.sessions.len()))
	for i := range s.accepted {
		counter(acceptedMetric, float64(s.accepted[i].Load()), strconv.Itoa(i))
	}
	for why, n := range s.peers.Refused() {
		counter(refusedMetric, float64(n), why.String())
	}
	counter(notAcceptedMetric, float64(s.failed.Load()))
	for space, stats := range s.bridge.Stats() {
		for i, w := range stats.Workers {
			gauge(subscriptionsMetric, float64(w.Subscriptions), space, strconv.Itoa(i))
			gauge(waitingMetric, float64(w.Waiting), space, strconv.Itoa(i))
		}
		counter(publishedMetric, float64(stats.Published), space)
		counter(deliveredMetric, float64(stats.Delivered), space)
		counter(droppedMetric, float64(stats.Dropped), space)
	}
	counts := s.stats.Counts()
	counter(rateMetric, float64(counts.OverMessages), "messages")
	counter(rateMetric, float64(counts.OverBytes), "bytes")
	counter(bytesInMetric, float64(counts.BytesIn))
	counter(bytesOutMetric, float64(counts.BytesOut))
	for code, n := range counts.Closed {
		counter(closedMetric, float64(n), strconv.Itoa(code))
	}
}
