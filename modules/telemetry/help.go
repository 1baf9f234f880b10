package telemetry

// helps are the metrics there are, each with what it says.
var helps = map[string]string{
	"blueline_build_info": "1, with the version that runs: its commit, when it was built and with which Go.",

	"http_request_duration_seconds": "Time to answer a request, by route pattern, method and status.",
	"http_requests_in_flight":       "Requests being answered now, the one for these metrics included.",

	"blueline_page_cache_requests_total":  "Requests for pages, by outcome: served from memory, rendered, or served outdated because the database was unavailable.",
	"blueline_page_cache_evictions_total": "Current pages dropped because the cache was full.",
	"blueline_page_cache_bytes":           "Memory of cached pages, the outdated ones included.",
	"blueline_page_cache_pages":           "Pages in the cache, the outdated ones included.",

	"nhle_request_duration_seconds": "Time of one request to the NHL's API, its body included, by endpoint and outcome: the status, or error when there was none.",

	"blueline_task_duration_seconds":    "Time of one attempt at a task, by task and outcome: done, retried, failed for good or repeated.",
	"blueline_queue_messages":           "Messages in the queue, by state: waiting for a worker, delayed for their next attempt, or dead. Without a broker there is none.",
	"blueline_queue_consumers":          "Workers connected to the queue.",
	"blueline_refresh_age_seconds":      "Time since the last complete refresh ended. Absent before the first.",
	"blueline_refresh_duration_seconds": "How long the last complete refresh took. Absent before the first.",
	"blueline_refresh_corrections":      "Numbers of games found corrected upstream since the last complete refresh began. Absent before the first.",
	"blueline_refresh_running":          "1 while a refresh runs, otherwise 0.",
	"blueline_refresh_running_seconds":  "Time since the running refresh began, 0 while none runs.",
	"blueline_refresh_tasks":            "Tasks in the ledger of the running refresh, or of the last one that ended, by state: open, done or failed.",
	"blueline_refresh_task_errors":      "Attempts at tasks that ended in an error, in the running refresh or the last one that ended.",

	"blueline_db_size_bytes":         "Size of the database.",
	"blueline_db_connections":        "Connections of this process to the database, by state: in_use or idle.",
	"blueline_db_connections_max":    "The most connections this process may have.",
	"blueline_db_waits_total":        "How often somebody had to wait for a connection.",
	"blueline_db_wait_seconds_total": "How long everybody has waited for a connection.",
	"blueline_scrape_errors":         "Look-ups that failed in this scrape, whose metrics are missing from it.",

	// The library's, of the Go runtime and the process.
	"go_gc_duration_seconds":             "Pauses of the garbage collector.",
	"go_gc_cpu_seconds_total":            "CPU time of the garbage collector, estimated.",
	"go_gomaxprocs":                      "How many threads run Go code at once.",
	"go_goroutines":                      "Goroutines that exist now.",
	"go_memlimit_bytes":                  "The soft memory limit of the Go runtime.",
	"go_memstats_alloc_bytes":            "Bytes of allocated heap objects.",
	"go_memstats_alloc_bytes_total":      "Bytes allocated for heap objects since the start.",
	"go_memstats_heap_idle_bytes":        "Bytes in unused heap spans.",
	"go_memstats_heap_inuse_bytes":       "Bytes in heap spans in use.",
	"go_memstats_heap_objects":           "Heap objects that exist now.",
	"go_memstats_next_gc_bytes":          "Heap size at which the next garbage collection begins.",
	"go_memstats_stack_inuse_bytes":      "Bytes of goroutine stacks.",
	"go_memstats_sys_bytes":              "Bytes of memory from the operating system.",
	"go_threads":                         "Operating system threads created.",
	"go_sched_latencies_seconds":         "How long goroutines were ready before they ran.",
	"go_mutex_wait_seconds_total":        "How long goroutines have waited for a mutex.",
	"process_cpu_seconds_total":          "CPU time of the process, user and system.",
	"process_max_fds":                    "The most file descriptors the process may open.",
	"process_open_fds":                   "File descriptors open now.",
	"process_num_threads":                "Threads of the process.",
	"process_resident_memory_bytes":      "Physical memory of the process.",
	"process_start_time_seconds":         "When the process started, as a Unix time.",
	"process_virtual_memory_bytes":       "Virtual memory of the process.",
	"process_major_pagefaults_total":     "Page faults that needed the disk.",
	"process_resident_memory_peak_bytes": "The most physical memory the process has had.",
}
