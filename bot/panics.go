package bot

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// A PanicError is a panic of a handler or an account that was contained.
type PanicError struct {
	value any
	Stack []byte // as debug.Stack returns it, without the values of arguments
}

// Error says what kind of panic it was. The words of a panic that is not the
// runtime's own are left out, because they may hold what somebody said.
func (e *PanicError) Error() string {
	if r, ok := e.value.(runtime.Error); ok {
		return "panic: " + r.Error()
	}
	return fmt.Sprintf("panic with a %T", e.value)
}

// Contain makes err out of the panic that the calling function ends with.
// It must be deferred directly.
func Contain(err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{value: v, Stack: debug.Stack()}
	}
}

// contained calls f and makes an error out of its panic.
func contained(f func() error) (err error) {
	defer Contain(&err)
	return f()
}
