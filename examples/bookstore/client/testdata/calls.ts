// Every operation of the running application, errors included. It prints what it found to be wrong, and nothing else.
import { Client, Problem, type Book, type CreateRequest } from "../client";

declare const process: { argv: string[] };

function check(what: string, right: boolean, found?: unknown): void {
  if (!right) console.log(`${what}: ${JSON.stringify(found)}`);
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await call };
  } catch (error) {
    return error;
  }
}

const client = new Client(process.argv[2] + "/", { headers: { "X-Trace": "1" } });
const request: CreateRequest = { id: "", title: "The Dispossessed", author: "Ursula K. Le Guin", year: 1974, draft: false };
const made: Book = await client.bookCreate(request);
check("create", made.id === "the-dispossessed" && made.year === 1974 && made.draft === undefined, made);
await client.bookCreate({ ...request, id: "a/b ü?", title: "Odd", draft: true });
const odd = await client.bookGet({ id: "a/b ü?" });
check("get of an odd id", odd?.title === "Odd" && odd.draft === true, odd);
const all = await client.bookList();
check("list", all?.length === 2, all);
const some = await client.bookList({ q: "disp", limit: 1 }, { headers: { Accept: "application/json" } });
check("list of some", some?.length === 1 && some[0]?.id === made.id, some);
const none = await client.bookList({ limit: 0 });
check("list with a limit of zero", none?.length === 0, none);
const changed = await client.bookUpdate({ id: made.id, body: { title: "Die Enteigneten", author: "", year: 1976, draft: false } });
check("update", changed?.title === "Die Enteigneten" && changed.created === made.created, changed);
const picture = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0, 255]);
await client.bookSetCover({ id: made.id, body: picture, contentType: "image/png" });
const cover = await client.bookCover({ id: made.id });
check("cover", cover.headers.get("Content-Type") === "image/png" && new Uint8Array(await cover.arrayBuffer()).join() === picture.join());
await client.bookSetCover({ id: made.id, body: new Blob([picture]).stream() });
check("session", (await client.sessionStart({ language: "en", theme: "dark" })) === undefined);
await client.bookDelete({ id: made.id });

const missing = await failure(client.bookGet({ id: "emma" }));
check("get of none", missing instanceof Problem && missing.status === 404 && missing.code === "not_found" && missing.message === "no such book" && missing.requestId !== "", missing);
const wrong = await failure(client.bookCreate({ title: 1, year: "x" } as unknown as CreateRequest));
check("create with other types", wrong instanceof Problem && wrong.status === 400 && wrong.errors.length === 2 && wrong.errors[1]?.name === "year", wrong);
for (const id of ["", ".", ".."]) {
  const refused = await failure(client.bookDelete({ id }));
  check(`delete of "${id}"`, refused instanceof TypeError && refused.message.includes("expected a value that may stand in a path"), String(refused));
}
const aborted = await failure(client.bookList({}, { signal: AbortSignal.abort() }));
check("after the end", aborted instanceof Error && aborted.name === "AbortError", String(aborted));
const proxy = new Client("http://nowhere.invalid", { fetch: async () => new Response("<html>", { status: 502, statusText: "Bad Gateway" }) });
const page = await failure(proxy.bookList());
check("a page of a proxy", page instanceof Problem && page.status === 502 && page.message === "Bad Gateway" && page.errors.length === 0, String(page));
