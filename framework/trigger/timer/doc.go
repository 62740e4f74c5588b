// Package timer is the event of functions that a schedule calls, the schedule itself, and the language it is written in.
// What starts a function when its time has come is the platform.
//
// # Cron expressions
//
// Five fields, separated by spaces, as Vixie's cron has them:
//
//	minute hour day-of-month month day-of-week
//	0-59   0-23 1-31         1-12  0-7 (0 and 7 are Sunday)
//
// Months and days of the week may be given by their first three letters in any case: JAN, mon. A field is a list of
// items separated by commas; an item is one of
//
//	any       *       every value
//	step      */15    every 15th value, counted from the first
//	value     5
//	range     9-17    both ends included
//	          9-17/2  every second value of it
//
// A day counts when both day fields take it or, if neither starts with *, when one of them does: "0 9 13 * FRI" fires on
// each 13th and on each Friday. [Cron.Next] says what happens when the clocks change.
//
// @hourly, @daily (@midnight), @weekly, @monthly and @yearly (@annually) stand for the expressions that cron gives them.
// Fields for seconds or years, the words ?, L, W and #, @every, @reboot, a step longer than its range, and days that no
// chosen month has (30 February) are refused: there is nothing that a vendor could make of them, or nothing that would
// ever fire.
package timer
