package pagetest

import (
	"encoding/json"

	"github.com/go-rod/rod/lib/proto"
)

// inspect runs the rules that are named, or all, on the document.
const inspect = `only => axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: !only.length}}, ...(only.length && {runOnly: only})}).then(r =>
	r.violations.filter(v => v.impact === "serious" || v.impact === "critical").flatMap(v => v.nodes.map(n =>
		v.id + " (" + v.impact + ") at " + n.target.join(" ") + ": " + n.html.slice(0, 160) + n.failureSummary.split("\n").slice(1).join(";"))))`

// Faults returns the serious and the critical ones that axe-core, the script, finds in
// what the window shows: what a screen reader cannot say, what is too pale to be read,
// what is too small to be hit. With rules it looks for those only. The script runs in
// a world of its own, which sees the same document and which the page's policy does
// not reach.
func (w Window) Faults(axe string, rules ...string) (all []string) {
	w.t.Helper()
	page := w.soon()
	world, err := proto.PageCreateIsolatedWorld{FrameID: page.FrameID, WorldName: "axe"}.Call(page)
	w.Must(err)
	only, err := json.Marshal(append([]string{}, rules...))
	w.Must(err)
	for _, js := range []string{"globalThis.axe || (() => {" + axe + "\n})(); 0", "(" + inspect + ")(" + string(only) + ")"} {
		r, err := proto.RuntimeEvaluate{Expression: js, ContextID: world.ExecutionContextID, AwaitPromise: true, ReturnByValue: true}.Call(page)
		w.Must(err)
		if x := r.ExceptionDetails; x != nil {
			w.t.Fatalf("axe: %s", x.Exception.Description)
		}
		for _, f := range r.Result.Value.Arr() {
			all = append(all, f.Str())
		}
	}
	return all
}
