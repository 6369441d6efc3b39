// Quotes in JavaScript, without tiers: JSON Lines in, JSON Lines out.
import { createInterface } from "node:readline";

const WHOLE = 100_000_000n; // 100 %, in millionths of a percent
const HALF = WHOLE / 2n;
const ADDEND = { // added to an exact fee before it is rounded down
  ROUND_DOWN: () => 0n, ROUND_FLOOR: () => 0n,
  ROUND_UP: () => WHOLE - 1n, ROUND_CEILING: () => WHOLE - 1n,
  ROUND_HALF_UP: () => HALF, ROUND_HALF_DOWN: () => HALF - 1n,
  ROUND_HALF_EVEN: (exact) => HALF - 1n + (exact / WHOLE) % 2n,
};

function millionths(text) { // "1.5" is 1500000n
  const [, sign, whole, places = "", power = "0"] = /^(-?)(\d+)\.?(\d*)e?(\d*)$/.exec(text);
  const length = whole.length + Number(power) + 6;
  return BigInt(sign + (whole + places).padEnd(length, "0").slice(0, length));
}
function percent(rate) { // 1500000n is "1.5"
  const digits = String(rate).replace("-", "").padStart(7, "0");
  const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, "");
  return rate < 0n ? `-${text}` : text;
}
function charge({ flat, flat_from, minimum, cap, rounding }, rate, amount) {
  const exact = amount * rate + (amount < BigInt(flat_from) ? 0n : BigInt(flat) * WHOLE);
  let fee = (exact + ADDEND[rounding](exact)) / WHOLE;
  if (fee < BigInt(minimum)) fee = BigInt(minimum);
  if (cap !== null && fee > BigInt(cap)) fee = BigInt(cap);
  if (amount === 0n) fee = 0n;
  if (String(fee) === cap) return [fee, "cap"];
  return [fee, fee > 0n && String(fee) === minimum ? "minimum" : "percentage"];
}
function quote({ schedule: { platform, merchant }, amount, merchant_fee_percentage, merchant_fee_cap }) {
  const base = BigInt(amount), asked = millionths(merchant_fee_percentage ?? merchant.percentage);
  const rate = asked < 0n ? 0n : asked > WHOLE / 5n ? WHOLE / 5n : asked;
  const [platformFee, platformBasis] = charge(platform, millionths(platform.percentage), base);
  const rule = { ...merchant, cap: merchant_fee_cap ?? merchant.cap };
  const [merchantFee, merchantBasis] = charge(rule, rate, base);
  return {
    amount, platform_fee: String(platformFee), merchant_fee: String(merchantFee),
    total_fees: String(platformFee + merchantFee), total_amount: String(base + platformFee + merchantFee),
    platform_fee_basis: platformBasis, merchant_fee_basis: merchantBasis,
    merchant_fee_clamped_from: asked === rate ? null : percent(asked),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, group, input } = JSON.parse(line);
  const known = group === "quotes" && !input.schedule.platform.tiers && !input.schedule.merchant.tiers;
  console.log(JSON.stringify(known ? { id, output: quote(input) } : { id, skip: true }));
}
