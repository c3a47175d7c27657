// Package operate are the views of those who operate duban: what waits to be sent, the
// accounts, who did what, and the system itself.
package operate

import (
	"embed"
	"slices"

	"duban/web/page"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package.
func Routes() []page.Route {
	return slices.Concat(outboxRoutes(), accountRoutes(), auditRoutes(), systemRoutes())
}
