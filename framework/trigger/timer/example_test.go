package timer_test

import (
	"fmt"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func ExampleParseCron() {
	c, err := timer.ParseCron("*/15 9-17 * * mon-fri")
	fmt.Println(c, err)
	fmt.Println(c.Hour.Values(), c.DayOfWeek.Values())

	_, err = timer.ParseCron("0 0 3 * * ?")
	fmt.Println(err)
	// Output:
	// */15 9-17 * * 1-5 <nil>
	// [9 10 11 12 13 14 15 16 17] [1 2 3 4 5]
	// at byte 10: found 6 fields, expected five: minute hour day-of-month month day-of-week; fields for seconds and years are not in this language; leave them out
}

func ExampleCron_Next() {
	c, _ := timer.ParseCron("30 2 * * *")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	// On 29 March 2026 the clocks go from 2:00 to 3:00.
	at := time.Date(2026, 3, 28, 12, 0, 0, 0, berlin)
	for range 2 {
		at = c.Next(at, berlin)
		fmt.Println(at.Format(time.RFC3339))
	}
	// Output:
	// 2026-03-29T03:00:00+02:00
	// 2026-03-30T02:30:00+02:00
}

func ExampleSchedule_Next() {
	s := timer.Schedule{Name: "purge", Every: 15 * time.Minute}
	at, err := s.Next(time.Date(2026, 1, 1, 10, 7, 0, 0, time.UTC))
	fmt.Println(at.Format(time.TimeOnly), err)
	// Output: 10:15:00 <nil>
}
