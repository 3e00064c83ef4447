/**
 * An analyst's program on the feed, in the types that odata2ts makes of its $metadata: what it was told, as JSON.
 *
 * odata2ts does not double the quotes in a text that it compares with: texts here have none.
 */
import { FetchClient, FetchClientError } from "@odata2ts/http-client-fetch";
import type { AuditEntry } from "./generated/FeedModel";
import { FeedService } from "./generated/FeedService";

type Page = { "@odata.nextLink"?: string; value: AuditEntry[] };

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

const subject = given("SUBJECT");
const middle = given("MIDDLE");
const inPages = { headers: { Prefer: "odata.maxpagesize=3" } };
const client = new FetchClient({ headers: { Authorization: `Bearer ${given("TOKEN")}` } });
const feed = new FeedService(client, given("FEED"));
const entries = feed.AuditEntries();

async function pages(first: Page): Promise<string[][]> {
  const told = [first.value];
  for (let link = first["@odata.nextLink"]; link !== undefined; ) {
    const next: Page = (await client.get<Page>(link, inPages)).data;
    told.push(next.value);
    link = next["@odata.nextLink"];
  }
  return told.map((rows) => rows.map((entry) => entry.id));
}

async function refused(asking: Promise<unknown>): Promise<{ status: number | undefined; message: string }> {
  try {
    await asking;
  } catch (error) {
    if (error instanceof FetchClientError) return { status: error.status, message: error.message };
    throw error;
  }
  throw new Error("this was to be refused");
}

async function asked(): Promise<Record<string, unknown>> {
  const all = await entries.query(
    (query, entry) => query.filter(entry.subject.eq(subject)).orderBy(entry.occurredAt.desc()).count(),
    inPages,
  );
  const seven = await entries.query(
    (query, entry) => query.filter(entry.subject.eq(subject)).orderBy(entry.id.asc()).top(7),
    inPages,
  );
  const later = await entries.query((query, entry) =>
    query
      .select("id", "action", "reasonCode")
      .filter(entry.subject.eq(subject), entry.occurredAt.ge(middle), entry.action.startsWith("footage."))
      .orderBy(entry.occurredAt.asc())
      .top(1),
  );
  const others = await entries.query((query, entry) =>
    query.filter(entry.subject.eq(subject), entry.action.in("footage.read", "footage.played").not()),
  );
  const one = await feed.AuditEntries(given("ENTRY")).query();
  return {
    count: all.data["@odata.count"],
    all: await pages(all.data),
    seven: await pages(seven.data),
    later: later.data.value,
    others: others.data.value.map((entry) => entry.id),
    one: one.data,
    unknown: await refused(client.get(`${given("FEED")}/AuditEntries?$filter=${encodeURIComponent("wrong eq 1")}`)),
    absent: await refused(feed.AuditEntries("there is none such").query()),
  };
}

asked().then(
  (told) => console.log(JSON.stringify(told)),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
