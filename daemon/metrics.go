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
	r.MustRegister(
		collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(collectors.MetricsGC)),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		(*metrics)(s),
	)
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

// metrics are the numbers of a server, read when they are asked for: counting touches memory of one worker wherever something happens for
// each message or turn.
type metrics Server

// metric describes a number. docs/monitoring.md is made of these.
type metric struct {
	name   string // without the prefix
	kind   string // gauge, counter or histogram
	help   string
	labels []string
	desc   *prometheus.Desc
}

const metricPrefix = "rowan_"

// metricTable has all metrics, in the order in which they are documented.
var metricTable []*metric

func define(kind, name, help string, labels []string) *metric {
	m := &metric{name: name, kind: kind, help: help, labels: labels, desc: prometheus.NewDesc(metricPrefix+name, help, labels, nil)}
	metricTable = append(metricTable, m)
	return m
}

func gauge(name, help string, labels ...string) *metric { return define("gauge", name, help, labels) }
func counter(name, help string, labels ...string) *metric {
	return define("counter", name, help, labels)
}
func timing(name, help string, labels ...string) *metric {
	return define("histogram", name, help, labels)
}

var (
	metricContexts       = gauge("contexts", "JavaScript contexts that live: resident in a window, or parked as what distinguishes them from the image.", "kind", "state")
	metricContextBytes   = gauge("context_bytes", "Memory of contexts: images of all windows, deltas of parked contexts, heaps of resident ones above the image.", "kind", "part")
	metricWindows        = gauge("windows", "Windows, in each of which one context at a time is resident.", "kind")
	metricForks          = counter("context_forks_total", "Contexts that were made.", "kind")
	metricParks          = counter("context_parks_total", "Times that a context made room for another one.", "kind")
	metricResumes        = counter("context_resumes_total", "Times that a parked context came back into its window.", "kind")
	metricTurns          = timing("turn_seconds", "Time of turns: messages, requests, calls, timers, each with its microtasks. What a long turn waited for others is left out.", "kind")
	metricLimits         = counter("limits_total", "Turns that were ended by a limit (time, heap, microtasks), and contexts that were lost: killed in a native loop, or lost otherwise.", "kind", "limit")
	metricEventsRefused  = counter("events_refused_total", "Events that found the mailbox of their context full. A socket waits then; calls fail and messages of topics drop.", "kind")
	metricErrors         = counter("errors_total", "Errors of scripts that nobody caught.", "kind")
	metricCollections    = counter("js_collections_total", "Collections of garbage in contexts.", "kind")
	metricCollectionTime = counter("js_collection_seconds_total", "Time that collections of garbage in contexts took.", "kind")

	metricWorkerContexts = gauge("worker_contexts", "Contexts that live on a worker.", "worker")
	metricWorkerTurns    = counter("worker_turns_total", "Turns on a worker.", "worker")
	metricWorkerCPU      = counter("worker_cpu_seconds_total", "Time for which a worker's threads have computed: turns, and reading and writing of sockets.", "worker")
	metricWorkerWaiting  = gauge("worker_tasks_waiting", "Tasks that wait for a worker.", "worker")
	metricWorkerTimers   = gauge("worker_timers", "Timers of scripts that are pending.", "worker")
	metricWorkerAnswer   = gauge("worker_answer_seconds", "Time that the worker's loop took to answer this scrape: what a new event waits. Up to 1 s.", "worker")
	metricWorkerSlices   = counter("worker_slices_total", "Times that a long turn made room for others and went on later.", "worker")
	metricWorkerStalls   = counter("worker_stalls_total", "Turns that held their window for long without polling, so that the worker's other windows went to another thread.", "worker")

	metricSessions       = gauge("sessions", "WebSocket sessions that are open, those of channels not among them.")
	metricChannelSockets = gauge("channel_sockets", "Sockets of channels that are open, long polls among them.", "worker")
	metricChannels       = gauge("channels", "Channels that are joined.", "worker")
	metricJoins          = counter("channel_joins_total", "Joins that were answered with ok.")
	metricCrashes        = counter("channel_crashes_total", "Channels that crashed.")
	metricSocketsOpened  = counter("sockets_opened_total", "WebSockets that were opened.")
	metricMessagesIn     = counter("socket_messages_in_total", "Messages read from WebSockets.")
	metricMessagesOut    = counter("socket_messages_out_total", "Messages taken for sending to WebSockets.")
	metricMessagesLost   = counter("socket_messages_dropped_total", "Messages for WebSockets whose send queue was full.")
	metricBytesIn        = counter("socket_bytes_in_total", "Bytes read from WebSockets.")
	metricBytesOut       = counter("socket_bytes_out_total", "Bytes written to WebSockets.")
	metricRateClosed     = counter("rate_closes_total", "WebSockets closed since their client sent more messages, or bytes, in a second than [limits] allows.", "limit")
	metricClosed         = counter("socket_closes_total", "WebSockets that ended, by close code. Codes from 3000 count as 3000, from 4000 as 4000.", "code")

	metricRequests    = gauge("requests", "HTTP requests that have a context.")
	metricResponses   = timing("response_seconds", "Time until a response of the app's fetch began, by class of status; or, of a request that never came to it, its refusal.", "status")
	metricAccepted    = counter("accepted_total", "Connections that were accepted.", "acceptor")
	metricRefused     = counter("refused_total", "Connections, and requests by trusted proxies, that were refused, since their address has too many, began too many in a second, or lacks the header of the PROXY protocol.", "reason")
	metricNotAccepted = counter("accept_failures_total", "Times that no connection could be accepted, as when too many files are open. It is tried again.")

	metricTopics             = gauge("topics", "Topics that have subscribers.", "space")
	metricSubscriptions      = gauge("subscriptions", "Subscriptions of topics.", "space", "worker")
	metricTopicsWaiting      = gauge("messages_waiting", "Messages of topics that wait for their worker.", "space", "worker")
	metricPublished          = counter("published_total", "Messages published, to topics without subscribers too.", "space")
	metricDelivered          = counter("delivered_total", "Messages delivered, once for each subscriber.", "space")
	metricDropped            = counter("dropped_total", "Messages that a subscriber had no room for.", "space")
	metricTopicSubscriptions = gauge("topic_subscriptions", "Subscriptions by topics of one beginning.", "space", "topic")
	metricTopicMessages      = counter("topic_messages_total", "Messages published to topics of one beginning that had subscribers.", "space", "topic")
	metricTopicDeliveries    = counter("topic_deliveries_total", "Messages delivered, once for each subscriber: divided by the messages, the fan-out.", "space", "topic")
	metricTopicDropped       = counter("topic_dropped_total", "Messages that a subscriber had no room for.", "space", "topic")

	metricActors = gauge("actors", "Actors: running, waiting to be started afresh, or down.")
	metricNames  = gauge("names", "Names of contexts, by Rowan.register.")

	metricLogLines   = counter("log_lines_total", "Lines of the log, of scripts and of the server.", "level")
	metricLogDropped = counter("log_lines_dropped_total", "Lines of scripts that were left out of the log, since they were more than bytes_per_second in [log]. log_lines_total counts them too.")
	metricReady      = gauge("ready", "1 when /readyz says so.")
)

// labelValues says what the labels mean whose values are not obvious.
var labelValues = map[string]string{
	"kind":   "session, request, actor KIND and worker; the first 100, then other. Sockets of channels are sessions",
	"state":  "resident, parked",
	"part":   "images, deltas, heaps",
	"limit":  "of a turn: time, heap, microtasks, killed, lost; of a socket: messages, bytes",
	"status": "1xx to 5xx",
	"space":  "topics: of Rowan.publish and ws.publish; broadcasts: of channels",
	"topic":  "a topic's name up to its first colon, such as room:*; the first 100, then other",
}

// Describe is a prometheus.Collector's.
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	for _, metric := range metricTable {
		to <- metric.desc
	}
}

// put sends numbers to a scrape.
type put chan<- prometheus.Metric

// number sends the value of a gauge or a counter.
func (to put) number(m *metric, v float64, labels ...string) {
	kind := prometheus.CounterValue
	if m.kind == "gauge" {
		kind = prometheus.GaugeValue
	}
	to <- prometheus.MustNewConstMetric(m.desc, kind, v, labels...)
}

// times sends a histogram: how many there were below each bound, in seconds, and the sum of all.
func (to put) times(m *metric, bounds []float64, counts []uint64, sum float64, labels ...string) {
	buckets, total := make(map[float64]uint64, len(bounds)), uint64(0)
	for i, n := range counts {
		total += n
		if i < len(bounds) {
			buckets[bounds[i]] = total
		}
	}
	to <- prometheus.MustNewConstHistogram(m.desc, total, sum, buckets, labels...)
}

// Collect is a prometheus.Collector's.
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	s, p := (*Server)(m), put(to)
	s.collectContexts(p)
	s.collectSockets(p)
	s.collectTopics(p)
	s.monitor.responses.collect(p)
	p.number(metricRequests, float64(s.requests.Load()))
	for i := range s.accepted {
		p.number(metricAccepted, float64(s.accepted[i].Load()), strconv.Itoa(i))
	}
	for why, n := range s.peers.Refused() {
		p.number(metricRefused, float64(n), why.String())
	}
	p.number(metricNotAccepted, float64(s.failed.Load()))
	actors := s.actors.Stats()
	p.number(metricActors, float64(actors.Actors))
	p.number(metricNames, float64(actors.Names))
	for level, n := range s.monitor.lines.counts() {
		p.number(metricLogLines, float64(n), level)
	}
	p.number(metricLogDropped, float64(s.scripted.dropped.Load()))
	ready := 0.0
	if s.readiness() == nil {
		ready = 1
	}
	p.number(metricReady, ready)
}

func (s *Server) collectSockets(p put) {
	channels := s.hub.Stats()
	for i, w := range channels.Workers {
		p.number(metricChannelSockets, float64(w.Sockets), strconv.Itoa(i))
		p.number(metricChannels, float64(w.Channels), strconv.Itoa(i))
	}
	p.number(metricJoins, float64(channels.Joins))
	p.number(metricCrashes, float64(channels.Crashes))
	p.number(metricSessions, float64(s.sessions.len()))
	counts := s.stats.Counts()
	p.number(metricSocketsOpened, float64(counts.Opened))
	p.number(metricMessagesIn, float64(counts.MessagesIn))
	p.number(metricMessagesOut, float64(counts.MessagesOut))
	p.number(metricMessagesLost, float64(counts.Dropped))
	p.number(metricBytesIn, float64(counts.BytesIn))
	p.number(metricBytesOut, float64(counts.BytesOut))
	p.number(metricRateClosed, float64(counts.OverMessages), "messages")
	p.number(metricRateClosed, float64(counts.OverBytes), "bytes")
	for code, n := range counts.Closed {
		p.number(metricClosed, float64(n), strconv.Itoa(code))
	}
}

func (s *Server) collectTopics(p put) {
	for space, topics := range s.bridge.Spaces() {
		stats := topics.Stats()
		for i, w := range stats.Workers {
			p.number(metricSubscriptions, float64(w.Subscriptions), space, strconv.Itoa(i))
			p.number(metricTopicsWaiting, float64(w.Waiting), space, strconv.Itoa(i))
		}
		p.number(metricTopics, float64(stats.Topics), space)
		p.number(metricPublished, float64(stats.Published), space)
		p.number(metricDelivered, float64(stats.Delivered), space)
		p.number(metricDropped, float64(stats.Dropped), space)
		for _, g := range topics.Groups() {
			p.number(metricTopicSubscriptions, float64(g.Subscriptions), space, g.Group)
			p.number(metricTopicMessages, float64(g.Messages), space, g.Group)
			p.number(metricTopicDeliveries, float64(g.Deliveries), space, g.Group)
			p.number(metricTopicDropped, float64(g.Dropped), space, g.Group)
		}
	}
}
