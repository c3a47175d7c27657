//go:build linux

package bench_test

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"duban/store/postgres"
	"duban/store/postgres/pgtest"
)

var idle = flag.Int("idle", 4, "how many offices on one cluster stand idle")

// TestPostgres prints what an office in PostgreSQL does beside one in its file, what
// several on one cluster do, and what those cost that stand idle. The cluster is durable.
func TestPostgres(t *testing.T) {
	c := pgtest.Own(t)
	c.Configure(t, "fsync = on", "full_page_writes = on", "max_connections = 1500", "shared_buffers = 256MB")
	far := c.Gate(t, time.Millisecond)
	t.Log(loadAverage(t))
	t.Logf("%-30s %9s %9s %9s %9s %9s", "", "answers/s", "p50 ms", "p99 ms", "µs CPU", "MiB")
	for _, chats := range []int{1, 8, 64} {
		s := spec{N: max(*most/(1+8/chats), 1), Chats: chats, People: 8 * chats}
		for _, from := range []struct{ name, url string }{{"file", ""}, {"postgres", c.URL()}, {"postgres, 1 ms more a trip", far.URL()}} {
			var all []result
			for range *rounds {
				all = append(all, measure(t, inDatabase(c, s, from.url), "duban"))
			}
			m := func(field func(result) float64) float64 { return median(all, field) }
			t.Logf("%-30s %9.0f %9.1f %9.1f %9.0f %9.0f", fmt.Sprintf("%d chats, %s", chats, from.name),
				m(func(r result) float64 { return r.Answered }), m(func(r result) float64 { return r.P50 }), m(func(r result) float64 { return r.P99 }),
				m(func(r result) float64 { return r.CPU }), m(func(r result) float64 { return r.Resident }))
		}
	}
	for _, offices := range []int{1, 4, 8} {
		all, before := make([]result, offices), c.CPU()
		var working sync.WaitGroup
		for i := range all {
			working.Go(func() { all[i] = measure(t, inDatabase(c, spec{N: *most, Chats: 64, People: 512}, c.URL()), "duban") })
		}
		working.Wait()
		total, cpu := 0.0, 0.0
		for _, r := range all {
			total, cpu = total+r.Answered, cpu+r.CPU/float64(offices)
		}
		t.Logf("%-30s %9.0f answers/s, for each %.0f µs of duban and %.0f of the cluster", fmt.Sprintf("%d offices, 64 chats each", offices), total, cpu,
			float64((c.CPU()-before).Microseconds())/float64(offices**most))
	}
	standing(t, c)
	t.Log(loadAverage(t))
}

// inDatabase is a load on an office of its own.
func inDatabase(c *pgtest.Cluster, s spec, url string) spec {
	if s.Database = url; url != "" {
		s.Schema = c.Schema()
	}
	return s
}

// standing measures what idle offices cost, each with a process that stands by.
func standing(t *testing.T, c *pgtest.Cluster) {
	ctx, stop := context.WithCancel(t.Context())
	var standBys sync.WaitGroup
	var owners []*postgres.Engine
	for range *idle {
		o := postgres.Options{URL: c.URL(), Schema: c.Schema(), Process: "owner"}
		e, err := postgres.Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		owners = append(owners, e)
		o.Process, o.StandBy = "other", func(string) {}
		standBys.Go(func() { _, _ = postgres.Open(ctx, o) })
	}
	<-time.After(5 * time.Second)
	const span = 20 * time.Second
	before := c.CPU()
	<-time.After(span)
	spent := c.CPU() - before
	lost := 0
	for _, e := range owners {
		if e.Err() != nil {
			lost++
		}
	}
	t.Logf("%d idle offices with a stand-by each: %.3f s of the cluster's processors a second, %d lost their lease", *idle, spent.Seconds()/span.Seconds(), lost)
	stop()
	standBys.Wait()
	for _, e := range owners {
		_ = e.Close()
	}
}
