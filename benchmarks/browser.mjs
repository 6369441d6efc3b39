// node benchmarks/browser.mjs MODULE: nanoseconds of a generated module's quote beside hand-written
// BigInt. Write MODULE by `kashia-money javascript > MODULE`. Each round runs both in turn.
import { pathToFileURL } from "node:url";

const { quote } = await import(pathToFileURL(process.argv[2]).href);

const bounded = (fee, least, most) => (fee < least ? least : fee > most ? most : fee);

const byHand = (amount, rate, cap) => {
  const platformFee = bounded((amount * 1500000n + 50000000n) / 100000000n, 10000n, 5000000n);
  const merchantFee = bounded((amount * rate + 50000000n) / 100000000n, 0n, cap);
  const totalFees = platformFee + merchantFee;
  const totalAmount = amount + totalFees;
  return { amount, currency: "NGN", platformFee, merchantFee, totalFees, totalAmount };
};

const amounts = Array.from({ length: 100_000 }, (_, index) => BigInt(index * 7919 + 1));
const contenders = {
  "BigInt by hand": (amount) => byHand(amount, 0n, 0n),
  "quote(amount)": (amount) => quote(amount),
  "BigInt by hand, a commission": (amount) => byHand(amount, 10000000n, 20000000n),
  "quote(amount, a commission)": (amount) =>
    quote(amount, { merchantFeePercentage: 10, merchantFeeCap: 20000000n }),
  "quote(amount, a commission as text)": (amount) =>
    quote(amount, { merchantFeePercentage: "10", merchantFeeCap: 20000000n }),
};

const best = {};
const sums = {};
for (let round = 0; round < 11; round++) {
  for (const [name, price] of Object.entries(contenders)) {
    const start = process.hrtime.bigint();
    let sum = 0n;
    for (const amount of amounts) sum += price(amount).totalAmount;
    const nanoseconds = Number(process.hrtime.bigint() - start) / amounts.length;
    best[name] = Math.min(best[name] ?? Infinity, nanoseconds);
    sums[name] = sum;
  }
}

const [plain, ours, ...withCommission] = Object.values(sums);
if (plain !== ours || new Set(withCommission).size > 1) throw new Error("the totals differ");
for (const [name, nanoseconds] of Object.entries(best)) {
  console.log(`${name.padEnd(40)}${nanoseconds.toFixed(0).padStart(6)} ns`);
}
