package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"duban/app"
)

// webCode prints a new code of the first start.
func webCode(ctx context.Context, o *app.Office, s streams) error {
	code, err := o.WebCode(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, app.CodeText(code))
	return err
}

// webReset takes the password and the second factor of a person away.
func webReset(ctx context.Context, o *app.Office, words []string, s streams) error {
	if len(words) != 1 {
		return fmt.Errorf("web reset needs one PERSON, a name or a number: %w", errUsage)
	}
	p, ok, err := o.WebReset(ctx, words[0])
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("nobody on the roster is called %q, or more than one: give the number", words[0])
	}
	_, err = fmt.Fprintf(s.Out, "password, second factor and logins of %s are gone; duban web code gives a code for a new password\n", p.ID)
	return err
}

// isTerminal tells whether somebody reads what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
