package config

import (
	"fmt"
	"net"
	"time"

	"duban/bot"
)

// Operate says how those who operate duban learn how it is.
type Operate struct {
	Listen string        `yaml:"listen"` // loopback address and port of /metrics, /healthz, /readyz; "" is none
	Ping   Secret        `yaml:"ping"`   // the URL that is called every minute while sending goes on
	Stuck  time.Duration `yaml:"stuck"`  // how long something may have been due while nothing leaves
}

// defaultOperate is what holds without a file.
func defaultOperate() Operate { return Operate{Stuck: 20 * time.Minute} }

// leastStuck is how long one text may keep its chat waiting by itself.
const leastStuck = 15 * time.Minute

func (o Operate) check() error {
	if o.Stuck < leastStuck {
		return fmt.Errorf("operate.stuck: must be at least %v: for so long one text may be tried again", leastStuck)
	}
	if o.Listen == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return fmt.Errorf("operate.listen: %q is no address with a port: write it as 127.0.0.1:9642", o.Listen)
	}
	if !bot.Loopback(host) {
		return fmt.Errorf("operate.listen: %q is not of this computer alone: write it as 127.0.0.1:9642", o.Listen)
	}
	return nil
}
