package door_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/store"
	"duban/store/enginetest"
	"duban/web/door"
)

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), enginetest.New(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func change(t *testing.T, s *store.Store, fn func(*store.Tx)) {
	t.Helper()
	if err := s.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func live(t *testing.T, s *store.Store, token string) bool {
	t.Helper()
	ok, err := store.Read(t.Context(), s, func(sn *store.Snapshot) bool {
		_, ok := door.SessionOf(sn, token)
		return ok
	})
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// TestSession: a session ends when it is idle for half an hour, and after twelve hours
// whatever happens; of more than three the one that was unused longest goes.
func TestSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		var id string
		begin := func(token string) {
			change(t, s, func(tx *store.Tx) { id = door.Begin(tx, token, door.Session{Person: "p"}).ID })
		}
		begin("idle")
		<-time.After(door.Idle - time.Second)
		if !live(t, s, "idle") {
			t.Error("a session ends before it was idle for so long")
		}
		<-time.After(time.Second)
		if live(t, s, "idle") {
			t.Error("a session that was idle for so long is live")
		}
		begin("busy")
		for range int(door.Absolute/(20*time.Minute)) - 1 {
			<-time.After(20 * time.Minute)
			if !live(t, s, "busy") {
				t.Fatal("a session that is used ends too early")
			}
			change(t, s, func(tx *store.Tx) { door.Touch(tx, id) })
		}
		<-time.After(20 * time.Minute)
		if live(t, s, "busy") {
			t.Error("a session is live for longer than it may be")
		}
		for i := range 4 {
			begin(fmt.Sprint("n", i))
			<-time.After(time.Second)
		}
		for i, want := range []bool{false, true, true, true} {
			if got := live(t, s, fmt.Sprint("n", i)); got != want {
				t.Errorf("session %d of four: got live %v, want %v", i, got, want)
			}
		}
		for i := range 4 {
			change(t, s, func(tx *store.Tx) { door.Begin(tx, fmt.Sprint("weak", i), door.Session{Person: "p", Weak: true}) })
			<-time.After(time.Second)
		}
		if !live(t, s, "n3") || live(t, s, "weak0") {
			t.Error("weak sessions end a strong one, or have no bound")
		}
		change(t, s, door.Sweep)
		left, err := store.Read(t.Context(), s, func(sn *store.Snapshot) []string { return store.Names(sn, "w/door/session/", 0) })
		if err != nil || len(left) != 6 || !live(t, s, "n3") {
			t.Errorf("got %d sessions after a sweep, %v, want the 6 that are live", len(left), err)
		}
		change(t, s, func(tx *store.Tx) { door.Reset(tx, "p") })
		if live(t, s, "n3") {
			t.Error("a session outlives a reset")
		}
	})
}

// TestSession_secret: nobody who reads the store can use what is in it.
func TestSession_secret(t *testing.T) {
	s := open(t)
	token, link, code, secret := door.Token(), door.Token(), door.NewCode(), door.NewSecret()
	change(t, s, func(tx *store.Tx) {
		door.Begin(tx, token, door.Session{Person: "p"})
		door.PutLink(tx, link, door.Link{Person: "p"})
		door.PutCode(tx, code)
		door.PutShare(tx, link, door.Share{Until: tx.Now().Add(time.Hour)})
		door.PutAccount(tx, "p", door.Account{Hash: door.Hash("a long enough password"), TOTP: secret})
	})
	err := s.View(t.Context(), func(sn *store.Snapshot) error {
		for p := range store.Pairs(sn, nil, nil, 0) {
			for _, secret := range []string{token, link, code, "long enough", base64.StdEncoding.EncodeToString(secret)} {
				if strings.Contains(string(p.Key)+string(p.Value), secret) {
					t.Errorf("the store holds a secret in the clear under %s", p.Key)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCode: the code of the terminal works once, for half an hour, and not after a
// hundred wrong ones.
func TestCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		take := func(code string) (ok bool) {
			change(t, s, func(tx *store.Tx) { ok = door.TakeCode(tx, code) })
			return ok
		}
		put := func() { change(t, s, func(tx *store.Tx) { door.PutCode(tx, "12345678") }) }
		put()
		if take("12345670") || !take("12345678") || take("12345678") {
			t.Error("a code must work once, and a wrong one not")
		}
		put()
		<-time.After(door.CodeLife + time.Second)
		if take("12345678") {
			t.Error("a code works after its time")
		}
		put()
		for range 100 {
			take("00000000")
		}
		if take("12345678") {
			t.Error("a code works after a hundred wrong ones")
		}
	})
}

// TestLink: a link is looked at as often as somebody wants, and used once.
func TestLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		put := func(key string) { change(t, s, func(tx *store.Tx) { door.PutLink(tx, key, door.Link{Person: "p"}) }) }
		take := func(key string) (ok bool) {
			change(t, s, func(tx *store.Tx) { ok = door.TakeLink(tx, key) })
			return ok
		}
		put("a")
		change(t, s, func(tx *store.Tx) {
			for range 3 {
				if l, ok := door.LinkOf(tx.Snapshot, "a"); !ok || l.Used {
					t.Error("looking uses a link up")
				}
			}
		})
		if !take("a") || take("a") || take("b") {
			t.Error("a link must work once, and one that is none not at all")
		}
		put("c")
		<-time.After(door.LinkLife + time.Second)
		if take("c") {
			t.Error("a link works after its time")
		}
	})
}

// TestCodeAt has the vectors of RFC 6238, appendix B, in six digits.
func TestCodeAt(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[uint64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := door.CodeAt(secret, at/30); got != want {
			t.Errorf("at %d: got %s, want %s", at, got, want)
		}
	}
}

// TestCheck: a code of the second factor works once, and half a minute off.
func TestCheck(t *testing.T) {
	secret, now := door.NewSecret(), time.Unix(1_800_000_000, 0)
	a := door.Account{TOTP: secret}
	code := door.CodeAt(secret, uint64(now.Unix()/30))
	used, ok := a.Check(code[:3]+" "+code[3:], now)
	if !ok {
		t.Fatal("the right code is not taken")
	}
	if _, again := used.Check(code, now.Add(10*time.Second)); again {
		t.Error("a code works twice")
	}
	if _, ok := a.Check(code, now.Add(30*time.Second)); !ok {
		t.Error("a code does not work half a minute later")
	}
	if _, ok := a.Check(code, now.Add(2*time.Minute)); ok {
		t.Error("a code works two minutes later")
	}
	if _, ok := (door.Account{}).Check("000000", now); ok {
		t.Error("without a secret some code works")
	}
	back, err := door.ParseSecret(door.SecretText(secret))
	if err != nil || string(back) != string(secret) {
		t.Errorf("a secret is not read back: %v", err)
	}
}

// TestMatches: a password matches its own hash and no other, and is processed as it is.
func TestMatches(t *testing.T) {
	hash := door.Hash(" 春眠不觉晓 Aa1 ")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("got the hash %s, want argon2id with 19 MiB and two passes", hash)
	}
	for password, want := range map[string]bool{" 春眠不觉晓 Aa1 ": true, "春眠不觉晓 Aa1": false, " 春眠不觉晓 aa1 ": false, "": false} {
		if got := door.Matches(hash, password); got != want {
			t.Errorf("%q: got %v, want %v", password, got, want)
		}
	}
	for _, bad := range []string{"", "x", "$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2i$v=19$m=1,t=1,p=1$AAAA$AAAA"} {
		if door.Matches(bad, "") {
			t.Errorf("the hash %q matches something", bad)
		}
	}
}

// TestWeakness: long passwords are taken whatever they are made of; short ones, and
// those that others guess, are not.
func TestWeakness(t *testing.T) {
	words := []string{"周明远", "20190012", "临江理工大学学工处", "学工小助手"}
	for _, password := range []string{
		"春天的操场上有三只猫", "correct horse battery", "我家楼下的面馆周四不开门", strings.Repeat("长", 3) + "江之水天上来奔流", "aB3$ xY7! pQ9@", strings.Repeat("床前明月光疑是地上霜", 6),
	} {
		if why := door.Weakness(password, words...); why != "" && len([]rune(password)) >= door.Shortest {
			t.Errorf("%q is refused: %s", password, why)
		}
	}
	for _, password := range []string{
		"short", "十一个字的密码不够长", "aaaaaaaaaaaa", "password1234", "123456789012", "周明远20190012", "duban20262026", "临江理工大学学工处2026", "qwertyuiop123", "woaiwojia1314520", "微信辅导员管理员123456",
		strings.Repeat("x", door.Longest+1),
	} {
		if door.Weakness(password, words...) == "" {
			t.Errorf("%q is taken", password)
		}
	}
}

// TestThrottle: ten thousand guesses, from one address, from many, and at many people,
// are nearly all refused, and the person they are at still gets in from the usual place.
func TestThrottle(t *testing.T) {
	const guesses = 10_000
	for name, who := range map[string]func(i int) (person, address string){
		"from one address":             func(int) (string, string) { return "victim", "203.0.113.7" },
		"from many addresses":          func(i int) (string, string) { return "victim", fmt.Sprint("203.0.", i/250, ".", i%250) },
		"at many from one":             func(i int) (string, string) { return fmt.Sprint("p", i), "203.0.113.7" },
		"at many from many, each once": func(i int) (string, string) { return fmt.Sprint("p", i%50), fmt.Sprint("203.0.", i/250, ".", i%250) },
	} {
		t.Run(name, func(t *testing.T) {
			var th door.Throttle
			now, tried := time.Unix(1_800_000_000, 0), 0
			for i := range guesses {
				person, address := who(i)
				if _, _, ok := th.Allow(person, address, false, now.Add(time.Duration(i)*10*time.Millisecond)); ok {
					tried++
				}
			}
			most := 10
			switch {
			case strings.HasPrefix(name, "from many"):
				most = 50
			case strings.HasPrefix(name, "at many from many"):
				most = 50 * 50
			}
			if tried > most {
				t.Errorf("%d of %d guesses were tried, want at most %d", tried, guesses, most)
			}
			if _, _, ok := th.Allow("victim", "10.0.0.5", true, now.Add(2*time.Minute)); !ok {
				t.Error("the victim cannot log in from the usual address")
			}
			if _, _, ok := th.Allow("p1", "203.0.113.7", false, now.Add(2*time.Hour)); !ok {
				t.Error("nobody can log in two hours later")
			}
		})
	}
}

// TestThrottle_right: who gets in is not counted.
func TestThrottle_right(t *testing.T) {
	var th door.Throttle
	now := time.Unix(1_800_000_000, 0)
	for i := range 200 {
		known := i%2 == 0
		if _, _, ok := th.Allow("p", "10.0.0.5", known, now); !ok {
			t.Fatalf("login %d is refused although all before were right", i)
		}
		th.Right("p", "10.0.0.5", known)
	}
}

// TestBegin_half: who has the password and not the second factor puts nobody out, however
// often they log in.
func TestBegin_half(t *testing.T) {
	s := open(t)
	change(t, s, func(tx *store.Tx) {
		door.Begin(tx, "owner", door.Session{Person: "p"})
		for i := range door.Most + 1 {
			door.Begin(tx, fmt.Sprint("half", i), door.Session{Person: "p", Half: true})
		}
	})
	if !live(t, s, "owner") {
		t.Error("logins without the second factor have ended the owner's session")
	}
	halves := 0
	for i := range door.Most + 1 {
		if live(t, s, fmt.Sprint("half", i)) {
			halves++
		}
	}
	if halves != door.Most {
		t.Errorf("got %d live logins without the second factor, want %d", halves, door.Most)
	}
}

// TestReset: with the password the links go that were not used yet, of this person only.
func TestReset(t *testing.T) {
	s := open(t)
	change(t, s, func(tx *store.Tx) {
		door.PutLink(tx, "his", door.Link{Person: "p"})
		door.PutLink(tx, "hers", door.Link{Person: "q"})
		door.Reset(tx, "p")
		if door.TakeLink(tx, "his") {
			t.Error("a link outlives the reset of its person")
		}
		if !door.TakeLink(tx, "hers") {
			t.Error("a reset takes the link of somebody else away")
		}
	})
}

// TestForget: nothing of a copy lets anybody in.
func TestForget(t *testing.T) {
	s := open(t)
	secret := door.NewSecret()
	change(t, s, func(tx *store.Tx) {
		door.Begin(tx, "token", door.Session{Person: "p"})
		door.PutLink(tx, "link", door.Link{Person: "p"})
		door.PutCode(tx, "12345678")
		door.PutShare(tx, "share", door.Share{Until: tx.Now().Add(time.Hour)})
		door.PutAccount(tx, "学/1", door.Account{Hash: "h", TOTP: secret})
		if string(door.AccountOf(tx.Snapshot, "学/1").TOTP) != string(secret) {
			t.Error("the second factor is not read back")
		}
	})
	change(t, s, door.Forget)
	left, err := store.Read(t.Context(), s, func(sn *store.Snapshot) []string { return store.Names(sn, door.Records, 0) })
	if err != nil || len(left) > 0 {
		t.Errorf("got %d records left, %v, want none", len(left), err)
	}
}
