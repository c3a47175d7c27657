// Package reports answers with reports, pictures and exports.
package reports
