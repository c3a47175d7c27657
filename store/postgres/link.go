package postgres

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"duban/store"
)

const (
	connectTime = 3 * time.Second  // for one host
	messageTime = 10 * time.Second // for an answer; then the outcome counts as unknown
)

// A link makes connections, and can cut those that are there.
type link struct {
	config *pgconn.Config

	lock  sync.Mutex
	conns map[*conn]bool
	shutd bool
}

// A conn is one connection. No context that can end reaches pgx, which would send a
// cancel then: a server that is cancelled while it waits for its standby has committed.
type conn struct {
	*pgconn.PgConn
	of     *link
	warned atomic.Bool // the server said something beside its answer
}

// asked marks the context of a dial that is ours, so that pgx makes none of its own, for
// a cancel.
type asked struct{}

var (
	errCancel   = errors.New("no cancel is sent")
	errPassword = errors.New("the connection string holds a password: name a file or a variable of the environment that holds it")
	errSchema   = errors.New("a schema is named with small letters, digits and _, and begins with a letter")
)

// Check returns an error if a connection string cannot be read, or holds a password.
func Check(connection, schema string) error {
	if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,50}$`).MatchString(schema) {
		return errSchema
	}
	if u, err := url.Parse(connection); err == nil && u.User != nil {
		if _, has := u.User.Password(); has {
			return errPassword
		}
	}
	if regexp.MustCompile(`(?i)(^|[\s?&])password\s*=`).MatchString(connection) {
		return errPassword
	}
	if _, err := pgconn.ParseConfig(connection); err != nil {
		return errors.New("the connection string cannot be read: write it as postgres://user@host1,host2/database?sslmode=verify-full&target_session_attrs=read-write")
	}
	return nil
}

func (l *link) open(o Options) error {
	if err := Check(o.URL, o.Schema); err != nil {
		return err
	}
	c, err := pgconn.ParseConfig(o.URL)
	if err != nil {
		return err
	}
	if o.Password != "" {
		c.Password = o.Password
	}
	c.ConnectTimeout = connectTime
	if c.ValidateConnect == nil {
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	dial := (&net.Dialer{Timeout: connectTime, KeepAlive: 5 * time.Second}).DialContext
	c.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if ctx.Value(asked{}) == nil {
			return nil, errCancel
		}
		return dial(ctx, network, addr)
	}
	l.config, l.conns = c, map[*conn]bool{}
	return nil
}

// dial connects. What goes wrong there names hosts and the database, never the password.
func (l *link) dial() (*conn, error) {
	c := &conn{of: l}
	config := l.config.Copy()
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		switch cmp.Or(n.SeverityUnlocalized, n.Severity) { // the latter is in the language of the server
		case "NOTICE", "INFO", "DEBUG", "LOG":
		default:
			c.warned.Store(true)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), asked{}, true), messageTime)
	defer cancel()
	var err error
	if c.PgConn, err = pgconn.ConnectConfig(ctx, config); err != nil {
		return nil, err
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.shutd {
		_ = c.Conn().Close()
		return nil, store.ErrClosed
	}
	l.conns[c] = true
	return c, nil
}

// cut breaks all connections, so that nobody waits for an answer.
func (l *link) cut() {
	l.lock.Lock()
	defer l.lock.Unlock()
	for c := range l.conns {
		_ = c.Conn().Close()
	}
}

// shut breaks all connections for good.
func (l *link) shut() error {
	l.lock.Lock()
	l.shutd = true
	l.lock.Unlock()
	l.cut()
	return nil
}

func (c *conn) close() {
	c.of.lock.Lock()
	delete(c.of.conns, c)
	c.of.lock.Unlock()
	_ = c.Conn().SetDeadline(time.Now().Add(time.Second))
	_ = c.Close(context.Background())
}

// A statement is SQL with its parameters, in the binary format.
type statement struct {
	sql  string
	args [][]byte
}

// exec carries out statements as one message, which is one transaction, and returns the
// rows of the last that had any. Of an error, [conn.codeOf] tells whether it happened.
func (c *conn) exec(all ...statement) (rows [][][]byte, err error) {
	b := &pgconn.Batch{}
	for _, s := range all {
		formats := make([]int16, len(s.args))
		for i := range formats {
			formats[i] = 1
		}
		b.ExecParams(s.sql, s.args, nil, formats, []int16{1})
	}
	c.warned.Store(false)
	_ = c.Conn().SetDeadline(time.Now().Add(messageTime))
	results, err := c.ExecBatch(context.Background(), b).ReadAll()
	if err != nil {
		return nil, err
	}
	_ = c.Conn().SetDeadline(time.Time{})
	for _, r := range results {
		if r.Err != nil {
			return nil, r.Err
		}
		if len(r.Rows) > 0 {
			rows = r.Rows
		}
	}
	if c.warned.Load() {
		return nil, errors.New("the server warned, so that it may not be durable")
	}
	return rows, nil
}

// codeOf returns the SQLSTATE by which the server refused a transaction, "" if nobody
// knows whether it happened.
func (c *conn) codeOf(err error) string {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || c.IsClosed() {
		return ""
	}
	return refused.Code
}

// passing tells whether the transaction that a server refused may be tried again.
func passing(code string) bool {
	switch code {
	case "40001", "40P01", "55P03", "57014", "25P03", "25006", "53300":
		return true
	case "08P01":
		return false
	}
	return code == "" || strings.HasPrefix(code, "57P0") || strings.HasPrefix(code, "08")
}

func num(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func readNum(raw []byte) int64 { return int64(binary.BigEndian.Uint64(raw)) }

// The types of what an [array] holds.
const (
	oidBytea = 17
	oidInt8  = 20
)

// array is an array of a type in the binary format.
func array(oid uint32, all [][]byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, 1)
	b = binary.BigEndian.AppendUint32(b, 0)
	b = binary.BigEndian.AppendUint32(b, oid)
	b = binary.BigEndian.AppendUint32(b, uint32(len(all)))
	b = binary.BigEndian.AppendUint32(b, 1)
	for _, v := range all {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	return b
}

// statements are those of one schema.
type statements struct {
	compact                                            []statement
	tables                                             string
	owner, take, raise, commit, put, del, renew, leave string
	all                                                string
	touch, keep, pieces, files, still, drop, dropAny   string // of the files
	say, hear, callers, forget, ringing                string // of calls
}

func statementsOf(schema string) statements {
	kv, owner, file, command := schema+".duban_kv", schema+".duban_owner", schema+".duban_file", schema+".duban_command"
	return statements{
		// Who waits for the lock of the table holds up the groups, and these the lease. What
		// reads it for long, as a dump does, must not make it wait.
		compact: []statement{
			{sql: "select set_config('lock_timeout', '1s', true)"},
			{sql: fmt.Sprintf("cluster %s using duban_kv_pkey", kv)},
			{sql: fmt.Sprintf("cluster %s using duban_file_pkey", file)},
		},
		tables: fmt.Sprintf("select count(*) = 4 from pg_tables where schemaname = '%s' and tablename like 'duban\\_%%'", schema),
		all:    "select k, v from " + kv + " order by k",
		owner:  "select process, epoch, beat from " + owner,
		// A fence rises also when a doubt is resolved, and it and the number of the last
		// group (seq) are in the one row that every group locks.
		take: "update " + owner + ` set process = $1::text, epoch = epoch + 1, fence = fence + 1, beat = beat + 1, seq = 0
			where epoch = $2::int8 and beat = $3::int8 returning epoch, fence`,
		raise:  "update " + owner + ` set fence = $2::int8 where epoch = $1::int8 and fence < $2::int8 returning seq`,
		commit: "with o as (update " + owner + ` set seq = $3::int8 where epoch = $1::int8 and fence = $2::int8 returning 1) select 1 / count(*) from o`,
		put:    "insert into " + kv + ` select * from unnest($1::bytea[], $2::bytea[]) on conflict (k) do update set v = excluded.v`,
		del:    "delete from " + kv + ` where k = any($1::bytea[])`,
		renew:  "update " + owner + ` set beat = beat + 1 where epoch = $1::int8 returning beat`,
		leave:  "update " + owner + ` set process = '' where epoch = $1::int8`,

		touch:  "update " + file + ` set put = $2::int8 where hash = $1::text and seq = 0 returning put`,
		keep:   "insert into " + file + ` select $1::text, seq, piece, $4::int8 from unnest($2::int8[], $3::bytea[]) as p (seq, piece) on conflict do nothing`,
		pieces: "select bytes from " + file + ` where hash = $1::text order by seq`,
		files:  "select hash, put from " + file + " where seq = 0 order by hash",
		still:  "with o as (select 1 from " + owner + ` where epoch = $1::int8 for update) select 1 / count(*) from o`,
		say:    "insert into " + command + ` values ($1::text, $2::int8, $3::int8, $4::bytea, now())`,
		hear: "with heard as (delete from " + command + ` where id = $1::text and side = $2::int8 and seq = $3::int8 returning seq, body)
			select heard.seq, body, epoch from ` + owner + " left join heard on true",
		ringing: "with knocks as (delete from " + command + " where seq = -1 returning 1) select exists (select from knocks), exists (select from " + command + " where side = 0 and seq = 0)",
		callers: "select id from " + command + " where side = 0 and seq = 0 order by put",
		forget:  "delete from " + command + " where put < now() - interval '10 minutes'",

		drop:    "delete from " + file + " where hash = $1::text and exists (select from " + file + ` where hash = $1::text and seq = 0 and put = $2::int8)`,
		dropAny: "delete from " + file + ` where hash = $1::text`,
	}
}

// create makes what is missing of the schema. Two processes may do so at once.
func (c *conn) create(schema string) error {
	rows, err := c.exec(statement{sql: statementsOf(schema).tables})
	if err != nil || rows[0][0][0] == 1 {
		return err
	}
	rows, err = c.exec(statement{sql: fmt.Sprintf("select count(*) from pg_namespace where nspname = '%s'", schema)})
	if err != nil {
		return err
	}
	all := []statement{{sql: "select pg_advisory_xact_lock(20260101)"}}
	if readNum(rows[0][0]) == 0 {
		all = append(all, statement{sql: "create schema if not exists " + schema})
	}
	for _, sql := range []string{
		"create table if not exists %s.duban_kv (k bytea primary key, v bytea not null) with (fillfactor = 80)",
		`create table if not exists %s.duban_owner (one boolean primary key default true check (one),
			process text not null, epoch int8 not null, fence int8 not null, seq int8 not null, beat int8 not null) with (fillfactor = 10)`,
		`create table if not exists %s.duban_file
			(hash text not null, seq int8 not null, bytes bytea not null, put int8 not null, primary key (hash, seq))`,
		`create table if not exists %s.duban_command
			(id text not null, side int8 not null, seq int8 not null, body bytea, put timestamptz not null, primary key (id, side, seq))`,
		"insert into %s.duban_owner values (true, '', 0, 0, 0, 0) on conflict do nothing",
	} {
		all = append(all, statement{sql: fmt.Sprintf(sql, schema)})
	}
	_, err = c.exec(all...)
	return err
}
