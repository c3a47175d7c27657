package backup

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"filippo.io/age"

	"duban/bot"
)

// keyFile is the file in a data folder that holds the public half of the recovery
// key. With it copies can be made, but not opened.
const keyFile = "recovery.pub"

// errNoKey means that the data folder has no recovery key yet.
var errNoKey = errors.New("there is no recovery key yet: duban backup key makes one")

// errWrongKey means that a copy was not made for this recovery key.
var errWrongKey = errors.New("this recovery key does not open this copy")

// HasKey tells whether a data folder has a recovery key.
func HasKey(data string) (bool, error) {
	_, err := os.Lstat(filepath.Join(data, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// A key is what a data folder knows of its recovery key.
type key struct {
	recipient *age.X25519Recipient
	office    string // names the office in the names of its copies; a new key keeps it
}

const officeLine = "# office "

// NewKey makes a recovery key, from now on the one for which copies are made, and
// returns its secret half. That is kept nowhere: whoever loses it cannot open the
// copies that are made for it.
func NewKey(data string) (secret string, err error) {
	k, err := readKey(data)
	if errors.Is(err, errNoKey) {
		k.office, err = strings.ToLower(rand.Text()[:8]), nil
	}
	if err != nil {
		return "", err
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	if err := bot.Replace(filepath.Join(data, keyFile), []byte(officeLine+k.office+"\n"+identity.Recipient().String()+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("recovery key: %w", err)
	}
	return identity.String(), nil
}

// readKey reads the public half of the recovery key of a data folder.
func readKey(data string) (k key, err error) {
	raw, err := os.ReadFile(filepath.Join(data, keyFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return k, errNoKey
	case err != nil:
		return k, fmt.Errorf("recovery key: %w", err)
	}
	first, second, _ := strings.Cut(strings.TrimSpace(string(raw)), "\n")
	k.office = strings.TrimPrefix(first, officeLine)
	k.recipient, err = age.ParseX25519Recipient(second)
	if err != nil || !officeForm().MatchString(k.office) {
		return k, fmt.Errorf("recovery key: %s is damaged: duban backup key makes a new one once the file is away", keyFile)
	}
	return k, nil
}

func officeForm() *regexp.Regexp { return regexp.MustCompile(`^[a-z2-7]{8}$`) }

// ParseKey reads the secret half of a recovery key, as it was printed.
func ParseKey(text string) (age.Identity, error) {
	identity, err := age.ParseX25519Identity(strings.ToUpper(strings.TrimSpace(text)))
	if err != nil {
		return nil, errors.New("this is no recovery key: it begins with AGE-SECRET-KEY-1") // age would repeat what was typed
	}
	return identity, nil
}
