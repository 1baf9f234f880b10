package telemetry

// helps contains the help text of each metric. Metrics without one are not exposed.
var helps = map[string]string{
	"blueline_build_info": "Always 1, with the running version in its labels: commit, build time and Go version.",

	"http_request_duration_seconds": "Time to respond to a request, by route pattern, method and status.",
	"http_requests_in_flight":       "Requests in flight, including the one for these metrics.",

	"blueline_page_cache_requests_total":  "Requests for pages, by outcome: served from memory, rendered, or served outdated because the database was unavailable.",
	"blueline_page_cache_evictions_total": "Current pages dropped because the cache was full.",
	"blueline_page_cache_bytes":           "Memory of cached pages, including outdated ones.",
	"blueline_page_cache_pages":           "Pages in the cache, including outdated ones.",

	"nhle_request_duration_seconds": "Time of a request to the NHL's API including its body, by endpoint and outcome: the status, or error without a complete response.",

	"blueline_task_duration_seconds":    "Time of an attempt at a task, by task and outcome: done, retried, failed (for good) or repeated.",
	"blueline_queue_messages":           "Messages in the queue, by state: waiting for a worker, delayed until the next attempt, or dead. Without a broker none are dead.",
	"blueline_queue_consumers":          "Workers connected to the queue.",
	"blueline_refresh_age_seconds":      "Time since the last complete refresh ended. Absent before the first.",
	"blueline_refresh_duration_seconds": "How long the last complete refresh took. Absent before the first.",
	"blueline_refresh_corrections":      "Corrections of games found upstream since the last complete refresh began. Absent before the first.",
	"blueline_refresh_running":          "1 while a refresh is running, otherwise 0.",
	"blueline_refresh_running_seconds":  "Time since the running refresh began, or 0 if none is running.",
	"blueline_refresh_tasks":            "Tasks of the running or otherwise the last refresh, by state: open, done or failed.",
	"blueline_refresh_task_errors":      "Attempts at tasks that ended in an error, in the running or otherwise the last refresh.",

	"blueline_db_size_bytes":         "Size of the database.",
	"blueline_db_connections":        "Connections of this process to the database, by state: in_use or idle.",
	"blueline_db_connections_max":    "Maximum number of connections of this process.",
	"blueline_db_waits_total":        "Number of times that a caller waited for a connection.",
	"blueline_db_wait_seconds_total": "Total time that callers waited for a connection.",
	"blueline_scrape_errors":         "Look-ups that failed in this scrape. Their metrics are missing from it.",

	// Metrics of the Go runtime and the process, from the library.
	"go_gc_duration_seconds":             "Pauses of the garbage collector.",
	"go_gc_cpu_seconds_total":            "CPU time of the garbage collector, estimated.",
	"go_gomaxprocs":                      "Maximum number of threads that run Go code at the same time.",
	"go_goroutines":                      "Current number of goroutines.",
	"go_memlimit_bytes":                  "The soft memory limit of the Go runtime.",
	"go_memstats_alloc_bytes":            "Bytes of allocated heap objects.",
	"go_memstats_alloc_bytes_total":      "Bytes allocated for heap objects since the start.",
	"go_memstats_heap_idle_bytes":        "Bytes in unused heap spans.",
	"go_memstats_heap_inuse_bytes":       "Bytes in heap spans in use.",
	"go_memstats_heap_objects":           "Current number of heap objects.",
	"go_memstats_next_gc_bytes":          "Heap size at which the next garbage collection begins.",
	"go_memstats_stack_inuse_bytes":      "Bytes of goroutine stacks.",
	"go_memstats_sys_bytes":              "Bytes of memory from the operating system.",
	"go_threads":                         "Operating system threads created.",
	"go_sched_latencies_seconds":         "Time that goroutines were ready before they ran.",
	"go_mutex_wait_seconds_total":        "Total time that goroutines waited for a mutex.",
	"process_cpu_seconds_total":          "CPU time of the process, user and system.",
	"process_max_fds":                    "Maximum number of open file descriptors.",
	"process_open_fds":                   "Current number of open file descriptors.",
	"process_num_threads":                "Threads of the process.",
	"process_resident_memory_bytes":      "Physical memory of the process.",
	"process_start_time_seconds":         "Start time of the process in Unix seconds.",
	"process_virtual_memory_bytes":       "Virtual memory of the process.",
	"process_major_pagefaults_total":     "Page faults that read from the disk.",
	"process_resident_memory_peak_bytes": "Peak physical memory of the process.",
}
