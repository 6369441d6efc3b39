/* A column of quotes. `columns` defines BANDS, MINIMUM, MAXIMUM, PER_ROW and CHECKED.

   The checked loop is exact for every amount of 64 bits. It returns the index of the first row
   that is out of bounds or has a percentage of more than six places. The unchecked one wraps. */
#include <stdbool.h>
#include <stdint.h>

#define SCALE 100000000

static const struct { int64_t start, fee, rate; } bands[] = {BANDS};

static inline int64_t charge(int64_t amount, int64_t fee, int64_t rate) {
    int64_t whole = CHECKED ? amount / SCALE : 0;
    return whole * rate + ((amount - whole * SCALE) * rate + fee + SCALE / 2) / SCALE;
}

static inline int64_t within(int64_t value, int64_t least, int64_t most) {
    value = value < least ? least : value;
    return value > most ? most : value;
}

int64_t quotes(int64_t rows, int64_t rate, int64_t cap, const int64_t *restrict amounts,
               const double *restrict percentages, const int64_t *restrict caps,
               int64_t *restrict platform_fees, int64_t *restrict merchant_fees,
               int64_t *restrict total_fees, int64_t *restrict total_amounts) {
    for (int64_t i = 0; i < rows; i++) {
        int64_t amount = amounts[i];
        if (PER_ROW) {
            rate = (int64_t)(percentages[i] * 1e6 + (percentages[i] < 0 ? -0.5 : 0.5));
            if (CHECKED && rate / 1e6 != percentages[i]) return i;
            rate = within(rate, 0, 20000000);
            cap = caps[i];
        }
        int64_t platform_fee = charge(amount, bands[0].fee, bands[0].rate);
        for (int band = 1; band < (int)(sizeof bands / sizeof *bands); band++) {
            int64_t above = charge(amount - bands[band].start, bands[band].fee, bands[band].rate);
            platform_fee = amount >= bands[band].start ? above : platform_fee;
        }
        platform_fee = amount ? within(platform_fee, MINIMUM, MAXIMUM) : 0;
        int64_t merchant_fee = within(charge(amount, 0, rate), 0, cap);
        int64_t fees = platform_fee + merchant_fee, total;
        bool over = __builtin_add_overflow(amount, fees, &total);
        if (CHECKED && (over || amount < 0 || cap < 0)) return i;
        platform_fees[i] = platform_fee;
        merchant_fees[i] = merchant_fee;
        total_fees[i] = fees;
        total_amounts[i] = total;
    }
    return rows;
}
