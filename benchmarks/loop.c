/* A month of quotes in C: what `columns` counts the others' time in.

   `constant` and `rows` are exact for every amount of 64 bits and stop at a row out of bounds or a percentage of more
   than six places, whose index they return. The `plain` ones multiply in one go, which wraps from about 4.6e11 kobo
   on, and look at no bounds. */
#include <stdbool.h>
#include <stdint.h>

#define SCALE 100000000
#define HALF (SCALE / 2)
#define MILLION 1e6
#define MAX_COMMISSION 20000000
#define ALWAYS static inline __attribute__((always_inline))

typedef struct {
    int64_t *restrict platform_fee, *restrict merchant_fee, *restrict total_fees, *restrict total_amount;
} figures;

ALWAYS int64_t charge(int64_t amount, int64_t rate, bool plain) {
    if (plain) return (amount * rate + HALF) / SCALE;
    int64_t whole = amount / SCALE;
    return whole * rate + ((amount - whole * SCALE) * rate + HALF) / SCALE;
}

ALWAYS int64_t within(int64_t value, int64_t least, int64_t most) {
    value = value < least ? least : value;
    return value > most ? most : value;
}

ALWAYS int64_t loop(int64_t n, const int64_t *restrict amounts, const double *restrict percentages, int64_t rate,
                    const int64_t *restrict caps, int64_t cap, figures out, bool plain) {
    for (int64_t i = 0; i < n; i++) {
        int64_t amount = amounts[i];
        if (percentages) {
            double percentage = percentages[i];
            rate = (int64_t)(percentage * MILLION + (percentage < 0 ? -0.5 : 0.5));
            if (rate / MILLION != percentage) return i;
            rate = within(rate, 0, MAX_COMMISSION);
        }
        if (caps) cap = caps[i];
        int64_t platform_fee = within(charge(amount, 1500000, plain), 10000, 5000000);
        if (amount == 0) platform_fee = 0;
        int64_t merchant_fee = charge(amount, rate, plain);
        merchant_fee = merchant_fee > cap ? cap : merchant_fee;
        int64_t total_fees = platform_fee + merchant_fee, total_amount;
        bool over = __builtin_add_overflow(amount, total_fees, &total_amount);
        if (!plain && (over || amount < 0 || cap < 0)) return i;
        out.platform_fee[i] = platform_fee;
        out.merchant_fee[i] = merchant_fee;
        out.total_fees[i] = total_fees;
        out.total_amount[i] = total_amount;
    }
    return n;
}

#define FUNCTIONS(suffix, plain) \
    int64_t constant##suffix(int64_t n, const int64_t *amounts, int64_t rate, int64_t cap, figures out) { \
        return loop(n, amounts, 0, rate, 0, cap, out, plain); \
    } \
    int64_t rows##suffix(int64_t n, const int64_t *amounts, const double *percentages, const int64_t *caps, \
                         figures out) { \
        return loop(n, amounts, percentages, 0, caps, 0, out, plain); \
    }

FUNCTIONS(, false)
FUNCTIONS(_plain, true)
