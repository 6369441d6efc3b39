// Quotes in JavaScript, rounded half up and without tiers: JSON Lines in, JSON Lines out.
import { createInterface } from "node:readline";

const WHOLE = 100_000_000n; // 100 %, in millionths of a percent

function millionths(percentage) { // "1.5" is 1500000n
  const [whole, places = ""] = percentage.split(".");
  return BigInt(whole + places.slice(0, 6).padEnd(6, "0"));
}

function charge({ flat, flat_from, minimum, cap }, rate, amount) {
  const exact = amount * rate + (amount < BigInt(flat_from) ? 0n : BigInt(flat) * WHOLE);
  let fee = (exact + WHOLE / 2n) / WHOLE;
  if (fee < BigInt(minimum)) fee = BigInt(minimum);
  if (cap !== null && fee > BigInt(cap)) fee = BigInt(cap);
  if (amount === 0n) fee = 0n;
  if (String(fee) === cap) return [fee, "cap"];
  return [fee, fee > 0n && String(fee) === minimum ? "minimum" : "percentage"];
}

function quote({ schedule: { platform, merchant }, amount, ...link }) {
  const percentage = link.merchant_fee_percentage ?? merchant.percentage;
  const asked = millionths(percentage);
  const rate = asked < 0n ? 0n : asked > WHOLE / 5n ? WHOLE / 5n : asked;
  const rule = { ...merchant, cap: link.merchant_fee_cap ?? merchant.cap };
  const [fee, basis] = charge(platform, millionths(platform.percentage), BigInt(amount));
  const [commission, commissionBasis] = charge(rule, rate, BigInt(amount));
  const [total_fees, total_amount] = [fee + commission, BigInt(amount) + fee + commission];
  return {
    amount, platform_fee: fee, platform_fee_basis: basis,
    merchant_fee: commission, merchant_fee_basis: commissionBasis, total_fees, total_amount,
    merchant_fee_clamped_from: asked === rate ? null : percentage,
  };
}

const text = (_, value) => (typeof value === "bigint" ? String(value) : value);
for await (const line of createInterface({ input: process.stdin })) {
  const { id, group, input } = JSON.parse(line);
  const skip = group !== "quotes" || /tiers|ROUND_(?!HALF_UP)|\de\d/.test(line);
  console.log(JSON.stringify({ id, ...(skip ? { skip } : { output: quote(input) }) }, text));
}
