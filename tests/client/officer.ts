// An officer at the end of a shift, through the typed client: log on, find the clip, look, say what it is, log off.
// Prints one line of JSON that tests/e2e/test_typed_client.py holds against the service.

import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema.js";

type Clip = components["schemas"]["ShownClip"];
type Answer<T> = { data?: T; error?: { status: number; detail: string }; response: Response };

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

function good<T>(answer: Answer<T>): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status}: ${answer.error?.detail}`);
  return answer.data;
}

const client = createClient<paths>({
  baseUrl: given("BASE"),
  headers: { Authorization: `Bearer ${given("TOKEN")}` },
});
const wanted = given("CLIP");

const session = good(await client.POST("/api/sessions"));

const found = good(await client.GET("/api/footage", { params: { query: { evidential: "undecided", limit: 100 } } }));
const mine: Clip | undefined = found.clips.find((clip) => clip.id === wanted);
if (mine === undefined) throw new Error("the search did not find the clip");

const read = await client.GET("/api/footage/{id}", { params: { path: { id: mine.id } } });
const seen: Clip = good(read);
const etag = read.response.headers.get("ETag");
if (etag === null) throw new Error("the clip came without its ETag");

const decision = { category: "arrest", evidential: "yes", reason: "arrest for robbery, Rye Lane" } as const;
const change = { params: { path: { id: seen.id }, header: { "If-Match": etag } }, body: decision };
const said: Clip = good(await client.PUT("/api/footage/{id}/category", change));
const stale = await client.PUT("/api/footage/{id}/category", change);

const category: string | null = said.decision.category;
console.log(JSON.stringify({ session: session.session, clip: said.id, category, stale: stale.error?.status }));
