// Calls of a generated module and their answers as data. JSON has only some of JavaScript's values:
// {"BigInt": "5"}, {"Number": "NaN"} and {"undefined": ""} are the others.
const revive = (value) => {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== "object") return value;
  if ("BigInt" in value) return BigInt(value.BigInt);
  if ("Number" in value) return Number(value.Number);
  if ("undefined" in value) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, revive(item)]));
};

const replaceBigInt = (name, value) =>
  typeof value === "bigint" ? { BigInt: String(value) } : value;

const plain = (value) => {
  if (value === null || typeof value !== "object") return replaceBigInt("", value);
  return { json: JSON.stringify(value, replaceBigInt) }; // a quote has toJSON, and so no BigInts
};

const answer = (module, [name, ...values]) => {
  try {
    const result = module[name];
    return plain(typeof result === "function" ? result(...values.map(revive)) : result);
  } catch (error) {
    return { error: error.name, message: error.message };
  }
};

export const answers = (module, calls) => JSON.stringify(calls.map((call) => answer(module, call)));
