// Package jobs lets admins see and edit reminders and the calendar in chat.
package jobs
