// Package pagetest plays people in a real browser: it starts Chromium, opens
// pages of any size, types, clicks and looks. A page that complains fails the
// test, and so does one that asks anybody but this computer for anything.
package pagetest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"
)

// patience is how long a window waits for what it wants to see if nothing else
// is said, on a machine that is busy with other tests.
const patience = time.Minute

// A Browser is a Chromium without a screen.
type Browser struct{ rod *rod.Browser }

// Start starts Chromium, or skips the test where there is none and in short
// tests. It ends with the test.
func Start(t *testing.T) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("no browser in short tests")
	}
	bin := os.Getenv("CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && bin == "" {
			bin = path
		}
	}
	if bin == "" {
		t.Skip("no chromium: apt-get install chromium, or name it in CHROMIUM")
	}
	l := launcher.New().Bin(bin).Leakless(false).Headless(true).NoSandbox(true).UserDataDir(t.TempDir()).
		Set("disable-gpu").Set("disable-quic").Set("disable-background-networking").
		Set("disable-component-update").Set("disable-sync").Set("disable-dev-shm-usage")
	address, err := l.Launch()
	if err != nil {
		t.Fatalf("start %s: %v", bin, err)
	}
	b := rod.New().ControlURL(address)
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = b.Close()
		l.Cleanup()
	})
	return &Browser{b}
}

// A Screen is what a page is looked at on, in CSS pixels.
type Screen struct {
	Width, Height int
	Phone         bool
}

// Desktop is the screen of a desktop computer.
func Desktop() Screen { return Screen{1280, 800, false} }

// Phone is the screen of a phone.
func Phone() Screen { return Screen{390, 844, true} }

// A Window is one tab, in which somebody is played. Its methods fail the test if
// what they want does not come within a minute.
type Window struct {
	*rod.Page
	t        *testing.T
	patience time.Duration
}

// Within returns the window as one that waits for d instead.
func (w Window) Within(d time.Duration) Window {
	w.patience = d
	return w
}

// Open opens a page. From then on the test fails if the page throws or logs an
// error, or sends a request beyond this computer.
func (b *Browser) Open(t *testing.T, address string, s Screen) Window {
	t.Helper()
	p, err := b.rod.Page(proto.TargetCreateTarget{})
	if err != nil {
		t.Fatal(err)
	}
	p, leave := p.WithCancel()
	w := Window{p, t, patience}
	w.Must(p.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: s.Width, Height: s.Height, DeviceScaleFactor: 1, Mobile: s.Phone}))
	w.Must(proto.LogEnable{}.Call(p))
	w.Must(proto.NetworkEnable{}.Call(p))
	wait := p.EachEvent(func(e *proto.RuntimeExceptionThrown) {
		t.Errorf("page threw %s %s", e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description)
	}, func(e *proto.RuntimeConsoleAPICalled) {
		if e.Type == proto.RuntimeConsoleAPICalledTypeError {
			t.Errorf("page logged an error: %v", e.Args)
		}
	}, func(e *proto.LogEntryAdded) {
		told := e.Entry.Level == proto.LogLogEntryLevelVerbose || e.Entry.Level == proto.LogLogEntryLevelInfo // what was cleared
		again := strings.Contains(e.Entry.Text, "status of 422")                                              // a form is shown again with what is wrong
		if !told && !again && !strings.Contains(e.Entry.Text, "net::ERR_") {                                  // the page lives through those
			t.Errorf("page logged %s", e.Entry.Text)
		}
	}, func(e *proto.NetworkRequestWillBeSent) {
		if !local(e.Request.URL) {
			t.Errorf("page asked for %s, which is not on this computer", e.Request.URL)
		}
	})
	var wg sync.WaitGroup
	wg.Go(wait)
	t.Cleanup(func() {
		leave()
		wg.Wait()
	})
	w.Must(w.soon().Navigate(address))
	return w
}

// soon is the page for something that must not take long.
func (w Window) soon() *rod.Page { return w.Timeout(w.patience) }

// Front brings the tab to the front; one behind others may lag, and cannot be
// typed into.
func (w Window) Front() {
	w.t.Helper()
	w.Must(proto.PageBringToFront{}.Call(w.soon()))
}

// local tells whether an address leads nowhere beyond this computer.
func local(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == "about" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// Must fails the test on an error.
func (w Window) Must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// See waits for an element, whose text matches a regular expression if that is
// not "".
func (w Window) See(selector, text string) *rod.Element {
	w.t.Helper()
	find := func() (*rod.Element, error) { return w.soon().ElementR(selector, text) }
	if text == "" {
		find = func() (*rod.Element, error) { return w.soon().Element(selector) }
	}
	e, err := find()
	if err != nil {
		w.t.Fatalf("%s with %q does not appear: %v\n%s", selector, text, err, w.text())
	}
	return e
}

// text is the end of what the window shows, for what a test says when it fails.
func (w Window) text() string {
	r, err := w.soon().Eval("() => document.body.innerText.slice(-1500)")
	if err != nil {
		return err.Error()
	}
	return r.Value.Str()
}

// Click clicks on what [Window.See] finds.
func (w Window) Click(selector, text string) {
	w.t.Helper()
	w.Press(selector, text, proto.InputMouseButtonLeft)
}

// Press clicks with any button in this tab, which must be in front for that. An element
// that is made anew before it can be clicked on, as a message is when it has arrived, is
// looked for again.
func (w Window) Press(selector, text string, button proto.InputMouseButton) {
	w.t.Helper()
	w.Front()
	for began := time.Now(); ; <-time.After(often) {
		at, err := free(w.See(selector, text).Timeout(soonest))
		if err == nil {
			w.Must(w.Mouse.MoveTo(*at))
			w.Must(w.Mouse.Click(button, 1))
			return
		}
		if time.Since(began) > w.patience {
			w.t.Fatalf("%s with %q cannot be clicked on: %v\n%s", selector, text, err, w.text())
		}
	}
}

const (
	soonest = 2 * time.Second        // how long an element is waited for before it is looked for again
	often   = 100 * time.Millisecond // how long it then takes
)

// free returns a point of an element over which nothing else lies. The page is asked for
// that: to rod's own question Chromium 156 answers with the ::after of a link, which rod
// takes for something else.
func free(e *rod.Element) (*proto.Point, error) {
	if err := e.ScrollIntoView(); err != nil {
		return nil, err
	}
	shape, err := e.Shape()
	if err != nil {
		return nil, err
	}
	at := shape.OnePointInside()
	if at == nil {
		return nil, errors.New("it has no place in the window")
	}
	open, err := e.Eval(`(x, y) => this.contains(document.elementFromPoint(x, y))`, at.X, at.Y)
	if err == nil && !open.Value.Bool() {
		err = errors.New("something else lies over it")
	}
	return at, err
}

// Type types a text into an element.
func (w Window) Type(selector, text string) {
	w.t.Helper()
	w.Front()
	w.Must(w.See(selector, "").Input(text))
}

// Enter presses the enter key.
func (w Window) Enter() {
	w.t.Helper()
	w.Must(w.soon().Keyboard.Type(input.Enter))
}

// Say types a text into the chat and presses enter.
func (w Window) Say(text string) {
	w.t.Helper()
	w.Type("#text", text)
	w.Enter()
}

// JS evaluates an expression and returns it as text.
func (w Window) JS(expr string) string {
	w.t.Helper()
	r, err := w.soon().Eval("() => String(" + expr + ")")
	w.Must(err)
	return r.Value.Str()
}

// Await waits until an expression is true.
func (w Window) Await(expr string) {
	w.t.Helper()
	if err := w.soon().Wait(rod.Eval("() => " + expr)); err != nil {
		w.t.Fatal(fmt.Errorf("%s does not become true: %w", expr, err))
	}
}
