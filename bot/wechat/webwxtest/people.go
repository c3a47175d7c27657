package webwxtest

import (
	"slices"
	"time"
)

// change does something to the world and lets the polls look. A contact that
// changed is told by the next webwxsync.
func (s *Server) change(edit func(w *world) (told []string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range edit(&s.world) {
		s.messages.add(entry{changed: id, at: time.Now()})
	}
	s.wake()
}

// SetAccount names the account. Do it before the login.
func (s *Server) SetAccount(uin int64, nick string) {
	s.change(func(w *world) []string {
		w.uin, w.nick = uin, nick
		return nil
	})
}

// AddFriend adds a contact, or replaces the one with this id.
func (s *Server) AddFriend(f Friend) {
	s.change(func(w *world) []string {
		if old := w.friend(f.ID); old != nil {
			*old = f
			return []string{f.ID}
		}
		w.friends = append(w.friends, &f)
		return []string{f.ID}
	})
}

// AddGroup adds a group, or replaces the one with this id.
func (s *Server) AddGroup(g Group) {
	s.change(func(w *world) []string {
		g.Members = slices.Clone(g.Members)
		for _, m := range g.Members {
			w.meet(m)
		}
		if old := w.group(g.ID); old != nil {
			*old = g
			return []string{g.ID}
		}
		w.groups = append(w.groups, &g)
		if g.Hidden {
			return nil
		}
		w.recent = append(w.recent, g.ID)
		return []string{g.ID}
	})
}

// meet remembers the nickname of a member who is no friend.
func (w *world) meet(m Member) {
	if w.friend(m.ID) == nil && (m.Nick != "" || w.names[m.ID] == "") {
		w.names[m.ID] = m.Nick
	}
}

// RenameGroup gives a group another name, as a member does it on the phone.
func (s *Server) RenameGroup(id, name string) {
	s.change(func(w *world) []string {
		w.group(id).Name = name
		return []string{id}
	})
}

// AddMember lets somebody into a group.
func (s *Server) AddMember(group string, m Member) {
	s.change(func(w *world) []string {
		g := w.group(group)
		w.meet(m)
		if i := g.member(m.ID); i >= 0 {
			g.Members[i] = m
		} else {
			g.Members = append(g.Members, m)
		}
		return []string{group}
	})
}

// RemoveMember takes somebody out of a group.
func (s *Server) RemoveMember(group, member string) {
	s.change(func(w *world) []string {
		g := w.group(group)
		g.Members = slices.DeleteFunc(g.Members, func(m Member) bool { return m.ID == member })
		return []string{group}
	})
}

// SetRemark sets what the account calls a friend, as on the phone.
func (s *Server) SetRemark(friend, remark string) {
	s.change(func(w *world) []string {
		w.friend(friend).Remark = remark
		return []string{friend}
	})
}

// RenameFriend is a friend who calls himself something else.
func (s *Server) RenameFriend(friend, nick string) {
	s.change(func(w *world) []string {
		w.friend(friend).Nick = nick
		return []string{friend}
	})
}
