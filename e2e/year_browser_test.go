package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"duban/bot"
	"duban/bot/webchat/pagetest"
	"duban/examples"
	"duban/plan/outline"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/web"
	"duban/web/page"
	"duban/web/webtest"
)

// A said is what somebody has said of a measure some days ago.
type said struct {
	days    int
	number  int
	person  string
	percent int // -1 is none
	status  progress.Status
	note    string
}

// words are what was said of one measure in a year: corrected, put off, and stuck.
func words() []said {
	return []said{
		{250, 11, "XG003", 20, progress.Doing, "先跟两家医院谈了，意向有了"},
		{222, 11, "XG003", 40, progress.Doing, "求助电话试开两周，夜里有人接"},
		{151, 11, "XG003", 80, progress.Doing, "第一家签了"},
		{151, 11, "XG003", 60, progress.Doing, "说早了，还差盖章"},
		{93, 11, "XG003", 80, progress.Doing, "第一家已签，流程图定了"},
		{40, 11, "JS001", 70, progress.Doing, "学院这边陪同人员名单报过两轮"},
		{19, 11, "JX003", -1, progress.Blocked, "夜里送医没有车，想请学校统一安排"},
		{12, 11, "HC002", 90, progress.Doing, "家校告知流程走过一次，家长很配合"},
		{1, 11, "XG003", -1, progress.Blocked, "第二家医院的章还没盖下来，卡在对方法务"},
		{3, 4, "XG002", -1, progress.Finished, "表彰会开过了"},
		{9, 26, "XG004", -1, progress.Finished, ""},
		{200, 32, "XG001", -1, progress.Finished, ""},
		{2, 6, "WY001", 65, progress.Blocked, "教室调整，第八周没抽成"},
		{5, 3, "XG004", 45, progress.Doing, ""},
	}
}

// rest are words on the other measures: each goes on month by month, some have stopped.
func rest() (all []said) {
	people := []string{"XG002", "XG003", "XG004", "JX001", "JS002", "JG001", "WY001", "HC001"}
	for n := 1; n <= 34; n++ {
		if slices.Contains([]int{4, 11, 26, 32, 33}, n) {
			continue
		}
		for month := range 9 {
			percent := (month + 1) * (6 + n%5)
			if (n+month)%2 == 0 && n%7 != 3 || n%5 != 0 && month == 8 {
				all = append(all, said{250 - 30*month - n%10, n, people[(n+month)%len(people)], percent, progress.Doing, ""})
			}
		}
	}
	return all
}

// year is the sample office near the end of its year.
func year(t *testing.T) *webtest.House {
	o := webtest.New(t, func(h *page.House, _ *web.Options) { h.Office = "临江理工大学学工处" })
	people, err := roster.Read("roster.xlsx", examples.Roster)
	if err != nil {
		t.Fatal(err)
	}
	o.Change(func(tx *store.Tx) {
		roster.Replace(tx, people)
		for _, p := range people.People {
			roster.Bind(tx, webtest.Account, "h/"+p.ID, roster.Binding{Person: p.ID, Chat: "p/" + p.ID, How: roster.ByCode})
		}
		progress.SetPlan(tx, outline.Parse(string(examples.Plan)), "2026年要点.txt", "XG001")
		for i, n := range report.Measures(progress.Current(tx.Snapshot)) {
			if len(n.Owners) == 0 && i != 32 {
				progress.Assign(tx, n.ID, progress.Assignment{Owners: []string{people.People[i%4].Name}, By: "XG001"})
			}
		}
	})
	ids := map[int]string{}
	for n := range 34 {
		ids[n+1] = o.Measure(n + 1)
	}
	all := slices.Concat(words(), rest())
	slices.SortStableFunc(all, func(a, b said) int { return b.days - a.days })
	proof, err := o.Store.Keep([]byte("%PDF-1.4 流程图"), bot.FileInfo{Name: "附件1a2b3c4d.pdf", Type: "application/pdf"})
	if err != nil {
		t.Fatal(err)
	}
	o.Change(func(tx *store.Tx) {
		last := ""
		for i, w := range all {
			u := progress.Update{
				Measure: ids[w.number], Number: fmt.Sprint(w.number), Person: w.person, At: tx.Now().AddDate(0, 0, -w.days).Add(time.Duration(i) * time.Second),
				Status: w.status, Note: w.note, Message: fmt.Sprintf("%s/year%d", webtest.Account, i),
			}
			if w.percent >= 0 {
				u.Percent = &w.percent
			}
			if strings.HasPrefix(w.note, "说早了") {
				u.Corrects = last
			}
			if strings.Contains(w.note, "流程图定了") {
				u.Evidence, u.Files = []string{"绿色通道流程.pdf（wx/year）"}, []progress.File{{Name: proof.Name, Type: proof.Type, Size: 348_160, Hash: proof.Hash}}
			}
			last = progress.AddUpdate(tx, u)
			if len(u.Files) > 0 {
				tx.HoldFile(store.Work, proof.Hash, last)
			}
		}
	})
	return o
}

// TestStory_measure: the admin looks at a measure on a desk while a counselor writes of it
// on a phone, and takes it back; then at how the year went, and at the board on paper.
// With DUBAN_SHOTS=FOLDER it keeps pictures of the views.
func TestStory_measure(t *testing.T) {
	t.Parallel()
	browser := pagetest.Start(t)
	o := year(t)
	enter := func(person string, s pagetest.Screen) pagetest.Window {
		w := browser.Open(t, o.Server.URL+"/login", s)
		w.Must(w.SetCookies([]*proto.NetworkCookieParam{{Name: o.CookieName(), Value: o.Visit(person).Token(), URL: o.Server.URL}}))
		w.Must(w.Navigate(o.Server.URL + "/plan"))
		return w
	}
	he := enter("XG001", pagetest.Desktop())
	he.Click(".c2 a", "畅通心理援助渠道")
	he.See("h1", "第11条")
	he.See("blockquote", "开通每天8时至22时的校内求助电话")
	he.See(".said", "卡在对方法务")
	he.See("del", "80%")
	he.See(".file", "绿色通道流程.pdf")

	she := enter("JS002", pagetest.Phone())
	she.Click(".c2 a", "畅通心理援助渠道")
	she.See(".t1", "学工处一位老师")
	she.Click("a", "报进展")
	she.Type("#percent", "85")
	she.Type("#note", "绿色通道走通了两次")
	she.Click("button", "记下")
	she.See(".ban", "已记下")
	he.Front()
	he.See(".said", "绿色通道走通了两次")
	she.Click("button", "撤回")
	she.See(".ban", "已撤回")
	he.Front()
	he.See("h2", "经过")
	if text := she.JS(`document.getElementById("main").innerText`); strings.Contains(text, "绿色通道走通了两次") || strings.Contains(text, "何志勤") {
		t.Errorf("on the phone of a counselor of another college stands %s", text)
	}

	she.Click("a.back", "要点")
	she.Click(".seg a", "学院与走势")
	she.See("svg.chart rect", "")
	she.Click("summary", "看数字")
	she.See("tbody th", "现在")
	if rows := she.JS(`document.querySelectorAll("table[aria-label=各学院] tbody tr").length`); rows != "1" {
		t.Errorf("a counselor compares %s colleges, want the own one", rows)
	}
	he.Must(he.Navigate(o.Server.URL + "/plan"))
	he.See("button", "打印")
	he.Must(proto.EmulationSetEmulatedMedia{Media: "print"}.Call(he))
	if got := he.JS(`[".nav", ".seg", ".search", ".acts"].map(s => getComputedStyle(document.querySelector(s)).display) + " " + getComputedStyle(document.querySelector(".paper")).display`); got != "none,none,none,none block" {
		t.Errorf("on paper the board has %s, want neither navigation nor buttons, and the rules", got)
	}
	he.Must(proto.EmulationSetEmulatedMedia{}.Call(he))
	for _, s := range []pagetest.Screen{pagetest.Desktop(), pagetest.Phone()} {
		w := enter("XG001", s)
		for _, path := range []string{"/plan", "/plan/colleges", "/plan/m/" + o.Measure(11), "/plan/m/" + o.Measure(33)} {
			w.Must(w.Navigate(o.Server.URL + path))
			w.Must(w.WaitLoad())
			if wide := w.MustEval(`() => document.documentElement.scrollWidth`).Int(); wide > s.Width {
				t.Errorf("%s is %d wide on a screen of %d", path, wide, s.Width)
			}
			keepViews(t, w, "year", path, s)
		}
	}
	shootPage(t, he, "board", o.Server.URL+"/plan", 820)
	shootPage(t, he, "measure", o.Server.URL+"/plan/m/"+o.Measure(11), 900)
	keepPaper(t, he)
}

// shootPage saves how a page looks for README.md, in the folder that PICTURES names:
// PICTURES=../docs go test -run TestStory_measure ./e2e.
func shootPage(t *testing.T, w pagetest.Window, name, address string, height int) {
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return
	}
	w.Must(w.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: 1120, Height: height, DeviceScaleFactor: 1}))
	w.Must(w.Navigate(address))
	w.Must(w.WaitLoad())
	w.MustEval(`() => {
		document.documentElement.setAttribute("data-theme", "light");
		document.documentElement.style.scrollbarWidth = "none";
	}`)
	shot, err := w.Screenshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Must(os.WriteFile(filepath.Join(dir, "page-"+name+".png"), small(t, shot), 0o600))
}

// small draws a picture with the colours that it has most.
func small(t *testing.T, data []byte) []byte {
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	count, colours := map[color.Color]int{}, color.Palette{}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			c := full.At(x, y)
			if count[c]++; count[c] == 1 {
				colours = append(colours, c)
			}
		}
	}
	slices.SortStableFunc(colours, func(a, b color.Color) int { return count[b] - count[a] })
	few := image.NewPaletted(full.Bounds(), apart(colours))
	draw.Draw(few, few.Bounds(), full, image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, few); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// apart leaves out colours that are nearly another one before them.
func apart(all color.Palette) (few color.Palette) {
	for _, c := range all {
		r, g, b, _ := c.RGBA()
		near := slices.ContainsFunc(few, func(o color.Color) bool {
			x, y, z, _ := o.RGBA()
			d := func(a, b uint32) int { return (int(a) - int(b)) / 257 }
			return d(r, x)*d(r, x)+d(g, y)*d(g, y)+d(b, z)*d(b, z) < 160
		})
		if !near && len(few) < 256 {
			few = append(few, c)
		}
	}
	return few
}

// keepPaper keeps the board as it looks on A4.
func keepPaper(t *testing.T, w pagetest.Window) {
	if os.Getenv("DUBAN_SHOTS") == "" {
		return
	}
	w.Must(w.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: 703, Height: 1000, DeviceScaleFactor: 1}))
	w.Must(proto.EmulationSetEmulatedMedia{Media: "print"}.Call(w))
	keepViews(t, w, "year", "/paper", pagetest.Screen{Width: 703, Height: 1000})
}
