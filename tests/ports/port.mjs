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
  const [, sign, whole, places, power] = /^(-?)(\d+)\.?(\d*)e?(\d*)$/.exec(text);
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

function quote({ schedule: { platform, merchant }, amount, ...link }) {
  const asked = millionths(link.merchant_fee_percentage ?? merchant.percentage);
  const rate = asked < 0n ? 0n : asked > WHOLE / 5n ? WHOLE / 5n : asked;
  const rule = { ...merchant, cap: link.merchant_fee_cap ?? merchant.cap };
  const [fee, basis] = charge(platform, millionths(platform.percentage), BigInt(amount));
  const [commission, commissionBasis] = charge(rule, rate, BigInt(amount));
  return {
    amount,
    platform_fee: String(fee),
    merchant_fee: String(commission),
    total_fees: String(fee + commission),
    total_amount: String(BigInt(amount) + fee + commission),
    platform_fee_basis: basis,
    merchant_fee_basis: commissionBasis,
    merchant_fee_clamped_from: asked === rate ? null : percent(asked),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, group, input } = JSON.parse(line);
  const skip = group !== "quotes" || input.schedule.platform.tiers || input.schedule.merchant.tiers;
  console.log(JSON.stringify(skip ? { id, skip: true } : { id, output: quote(input) }));
}
