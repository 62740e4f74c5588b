// Every place of a parameter, every kind of a body and every kind of a result. It prints what it found to be wrong, and nothing else.
import { Client, Problem, type OrderCreateArgs } from "./client";

declare const process: { argv: string[] };

function check(what: string, found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) console.log(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    return `no error, but ${JSON.stringify(await call)}`;
  } catch (error) {
    return error instanceof TypeError && !(error instanceof Problem) ? error.message : `another error: ${error}`;
  }
}

const client = new Client(process.argv[2] ?? "");
const at = "2026-01-02T03:04:05.0000006+01:00";
const args: OrderCreateArgs = {
  shop: "a/b ü?%", path: "x y/z", dry: false, tag: ["a&b", "", "c"], at, level: 1, "X-Wait": "1s", "X-Tags": ["d", "e f"],
  token: "t=1", theme: "dark", body: { items: ["<tea>"], at, seal: "AQ==" },
};
check("parameters", await client.orderCreate(args), {
  body: `{"items":["<tea>"],"at":"${at}","seal":"AQ=="}`,
  cookies: ["token=t=1", "theme=dark"],
  headers: { "Content-Type": ["application/json"], "X-Tags": ["d, e f"], "X-Wait": ["1s"] },
  uri: "/a%20shop/a%2Fb%20%C3%BC%3F%25/x%20y/z?dry=false&tag=a%26b&tag=&tag=c&at=2026-01-02T03%3A04%3A05.0000006%2B01%3A00&level=1",
});
const least = await client.orderCreate({ shop: "a", path: "", at, body: { items: null, at } }, { headers: { "Content-Type": "application/x" } });
check("what may be absent", [least?.uri, least?.cookies, least?.headers], [
  "/a%20shop/a/?at=2026-01-02T03%3A04%3A05.0000006%2B01%3A00", [], { "Content-Type": ["application/x"], "X-Tags": null, "X-Wait": null },
]);
check("a result that is not there", await client.orderCreate({ ...args, "X-Wait": "nothing" }), null);
check("dots", await refusal(client.orderCreate({ ...args, shop: ".." })), 'shop: found "..", expected a value that may stand in a path');
check("dots within", await refusal(client.orderCreate({ ...args, path: "a/../b" })), 'path: found "a/../b", expected a path without dots');
check("a comma", await refusal(client.orderCreate({ ...args, "X-Tags": ["a,b"] })), 'X-Tags: found "a,b", expected a value without a comma');
check("a cookie", await refusal(client.orderCreate({ ...args, token: "a;b" })), "cookie token: found a value that cookies cannot have");

check("nothing", await client.all(), undefined);
const answer = await client.answer();
check("a response", [answer.status, answer.headers.get("X-Answer"), await answer.text()], [202, "yes", "an answer"]);
check("bytes", await (await client.bytes({ body: new Uint8Array([98]), contentType: "text/x" })).text(), "text/x: b");
check("bytes of a blob", await (await client.bytes({ body: new Blob(["c"], { type: "text/y" }) })).text(), "text/y: c");
const stream = await client.stream({ body: "d" });
check("a stream", await new Response(stream).text(), "text/plain;charset=UTF-8: d");
check("a stream of nothing", await client.stream(), null);
check("headers", (await client.orderHead({ id: 7 })).get("X-Answer"), "seven");
check("text", await client.text(), "ä text");
