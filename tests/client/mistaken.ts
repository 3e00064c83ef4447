// What must not compile: each line that ends in MISTAKE, and no other, is an error of the compiler.

import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema.js";

const client = createClient<paths>({ baseUrl: "http://127.0.0.1" });
const path = { id: "6f1c2a9e-0b1d-4c57-9a43-2f0f5f3f7a10" };
const header = { "If-Match": '"x"' };

function officerOf(clip: components["schemas"]["ShownClip"]): string | null {
  return clip.oficer; // MISTAKE
}

await client.GET("/api/fotage"); // MISTAKE
await client.PUT("/api/footage/{id}/category", {
  params: { path, header },
  body: { category: "arrest", evidential: "yes", reasn: "a robbery" }, // MISTAKE
});
await client.PUT("/api/footage/{id}/category", {
  params: { path, header },
  body: { category: "arrest", evidential: "maybe", reason: "a robbery" }, // MISTAKE
});
await client.PUT("/api/footage/{id}/category", {
  params: { path }, // MISTAKE
  body: { category: "arrest", evidential: "yes", reason: "a robbery" },
});
await client.GET("/api/footage", { params: { query: { offcer: "4021" } } }); // MISTAKE
console.log(officerOf);
