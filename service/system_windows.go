package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
	"gopkg.in/natefinch/lumberjack.v2"
)

const stopTime = 30 * time.Second // for a service to stop

// File is for other systems.
func (Service) File() (File, error) {
	return File{}, errors.New("nothing to print: a service of Windows is made by calls, not by a file")
}

// Of returns a service that has only a name.
func Of(name string) (Service, error) { return Service{Name: name, System: true}, nil }

// RunAs has a service run as an account; "" is one of its own, that may nothing else.
func (s *Service) RunAs(account, _ string) error {
	s.User = cmp.Or(account, `NT SERVICE\`+s.Name)
	return nil
}

// Install installs the service and starts it. It runs as an account of its own, which
// is let into the folders that it writes to.
func (s Service) Install(ctx context.Context, w io.Writer) (err error) {
	if err := s.Check(); err != nil {
		return err
	}
	m, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("open the command line as administrator: %w", err)
	}
	defer func() { err = errors.Join(err, m.Disconnect()) }()
	x, err := m.CreateService(s.Name, s.Program, mgr.Config{
		StartType: mgr.StartAutomatic, ServiceStartName: s.User,
		DisplayName: s.Name, Description: mark + ". The bot of the student-affairs office.",
	}, append([]string{"service", "run", "-name", s.Name}, s.Args...)...)
	if errors.Is(err, windows.ERROR_SERVICE_EXISTS) {
		return fmt.Errorf("there is a service %s already: duban service uninstall removes it", s.Name)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	if err := s.ready(ctx, w, x); err != nil {
		return errors.Join(err, x.Delete())
	}
	_, err = fmt.Fprintf(w, "installed and started; see how it is: sc query %s; its log is %s\n", s.Name, s.log())
	return err
}

// ready lets a new service into its folders, says when it is started again, and
// starts it.
func (s Service) ready(ctx context.Context, w io.Writer, x *mgr.Service) error {
	var grants [][]string
	for _, folder := range s.Writes {
		grants = append(grants, []string{"icacls", folder, "/grant", s.User + ":(OI)(CI)M"})
	}
	if err := runAll(ctx, w, grants); err != nil {
		return err
	}
	again := mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: 10 * time.Second}
	day := uint32((24 * time.Hour).Seconds())
	if err := x.SetRecoveryActions([]mgr.RecoveryAction{again, again, again}, day); err != nil {
		return err
	}
	if err := x.SetRecoveryActionsOnNonCrashFailures(true); err != nil {
		return err
	}
	return x.Start()
}

// Uninstall stops the service and removes it.
func (s Service) Uninstall(ctx context.Context, w io.Writer) (err error) {
	m, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("open the command line as administrator: %w", err)
	}
	defer func() { err = errors.Join(err, m.Disconnect()) }()
	x, err := m.OpenService(s.Name)
	if err != nil {
		return fmt.Errorf("no service %s is installed: %w", s.Name, err)
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	if err := stop(ctx, x); err != nil {
		return err
	}
	if err := x.Delete(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, "stopped and removed; the data folder stays as it is")
	return err
}

// stop stops a service and waits until it has ended.
func stop(ctx context.Context, x *mgr.Service) error {
	ctx, cancel := context.WithTimeout(ctx, stopTime)
	defer cancel()
	st, err := x.Control(svc.Stop)
	if errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
		return nil
	}
	for err == nil && st.State != svc.Stopped {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the service did not stop: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
		st, err = x.Query()
	}
	return err
}

// log is the file in which a service of Windows, which has no terminal, writes.
func (s Service) log() string { return filepath.Join(s.Folder, s.Name+".log") }

// Run is what the service manager starts: it lets the program do its work until the
// manager says stop.
func (s Service) Run(ctx context.Context, work func(context.Context, io.Writer) error, status func(error) int) error {
	file := &lumberjack.Logger{Filename: s.log(), MaxSize: 10, MaxBackups: 3}
	h := &worker{Service: s, ctx: ctx, work: work, status: status, log: file}
	return errors.Join(svc.Run(s.Name, h), file.Close())
}

// A worker does a service's work under the eyes of the service manager.
type worker struct {
	Service
	ctx    context.Context //nolint:containedctx // svc.Handler has none
	work   func(context.Context, io.Writer) error
	status func(error) int
	log    io.Writer
}

// Execute returns when the work has ended. A status other than 0 has the manager start
// it again, so that a lasting one is told to the log only.
func (h *worker) Execute(_ []string, changes <-chan svc.ChangeRequest, states chan<- svc.Status) (own bool, status uint32) {
	ctx, stop := context.WithCancel(h.ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- h.work(ctx, h.log) }()
	const accepts = svc.AcceptStop | svc.AcceptShutdown
	states <- svc.Status{State: svc.Running, Accepts: accepts}
	for {
		select {
		case c := <-changes:
			switch c.Cmd {
			case svc.Interrogate:
				states <- c.CurrentStatus
			case svc.Stop, svc.Shutdown:
				states <- svc.Status{State: svc.StopPending, WaitHint: uint32(stopTime.Milliseconds())}
				stop()
			default:
			}
		case err := <-done:
			return h.ended(err)
		}
	}
}

// ended turns how the work ended into what the manager is told.
func (h *worker) ended(err error) (own bool, status uint32) {
	n := h.status(err)
	if n == 0 {
		return false, 0
	}
	fmt.Fprintln(h.log, "duban:", err)
	if slices.Contains(h.Lasting, n) {
		fmt.Fprintln(h.log, "duban: a restart would find the same; mend it, then start the service again")
		return false, 0
	}
	return true, uint32(n) //nolint:gosec // an exit status
}
