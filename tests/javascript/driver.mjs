// Answers lines of JSON, [file of a module, calls], with lines of JSON.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { answers } from "./answers.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const [file, calls] = JSON.parse(line);
  console.log(answers(await import(pathToFileURL(file).href), calls));
}
