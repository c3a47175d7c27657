package e2e_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"

	"duban/bot/webchat/pagetest"
)

// axe is the script of axe-core, "" where npm has not installed it.
var axe = sync.OnceValues(func() (string, error) {
	script, err := os.ReadFile("../.ci/axe/node_modules/axe-core/axe.min.js")
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return string(script), err
})

// inspect fails the test on what keeps somebody from using the view that a window shows.
// The rules that a theme decides are asked in either, the others once.
func inspect(t *testing.T, w pagetest.Window, view, theme string) {
	t.Helper()
	script, err := axe()
	if err != nil {
		t.Fatal(err)
	}
	if script == "" {
		return
	}
	var rules []string
	if theme != themes[0] {
		rules = []string{"color-contrast"}
	}
	for _, fault := range w.Faults(script, rules...) {
		t.Errorf("%s, %s: %s", view, theme, fault)
	}
}

// inspects tells whether views are inspected, by faults that are planted into one.
func inspects(t *testing.T, w pagetest.Window) {
	script, err := axe()
	if err != nil {
		t.Fatal(err)
	}
	if script == "" {
		t.Skip("no axe-core, so views are not inspected: make axe installs it and does")
	}
	w.MustEval(`() => {
		document.documentElement.setAttribute("data-theme", "light");
		const main = document.querySelector("main"), bar = document.createElement("div");
		main.prepend(bar);
		for (const what of ["input", "button", "p"]) bar.append(document.createElement(what));
		bar.lastChild.textContent = "看不清的一句话";
		bar.lastChild.style.color = "#ccc";
	}`)
	got := strings.Join(w.Faults(script), "\n")
	for _, rule := range []string{"label (critical)", "button-name (critical)", "color-contrast (serious)"} {
		if !strings.Contains(got, rule) {
			t.Errorf("%s is not found where it is planted; found: %s", rule, got)
		}
	}
}
