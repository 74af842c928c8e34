/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The k-th smallest of many keys: REAL is the type of the reals, KEY is a signed integer type, KEY_MOST its largest
 * value, KEY_SLOPE the distance in keys that makes up for one rank in count, TARGET the attribute of functions, NAME(x)
 * their names. Included once for each kind.
 *
 * Keys are the bits of reals that are not negative, which are in the same order. Instead of moving values about, a pass
 * counts those below a pivot and finds its neighbours, which is a few vector instructions for as many values as a
 * vector holds; from a good guess a handful of passes will do.
 */

/* The key of a magnitude. */
TARGET static KEY NAME(key)(REAL x) {
  KEY key;
  memcpy(&key, &x, sizeof key);
  return key & KEY_MOST;
}

TARGET static REAL NAME(real)(KEY key) {
  REAL x;
  memcpy(&x, &key, sizeof x);
  return x;
}

/* The key that its double has. */
TARGET static int64_t NAME(wide_key)(KEY key) {
  double x = (double)NAME(real)(key);
  int64_t wide;
  memcpy(&wide, &x, sizeof wide);
  return wide;
}

typedef struct NAME(split) {
  size_t below;        /* keys less than the pivot */
  KEY greatest_below;  /* 0 when there is none */
  KEY least_not_below; /* KEY_MOST when there is none */
} NAME(split);

/* Lanes are of one width, so a call is for no more than SPLIT_MOST keys; and for whole vectors. */
TARGET static inline NAME(split) NAME(split_keys)(const KEY *keys, size_t count, KEY pivot) {
  KEY below = 0, greatest = 0, least = KEY_MOST;
  count -= count % KEYS_PADDED;
  for (size_t i = 0; i < count; i++) {
    KEY in = -(KEY)(keys[i] < pivot); /* all bits or none */
    KEY a = keys[i] & in, b = (keys[i] | in) & KEY_MOST;
    below -= in;
    greatest = a > greatest ? a : greatest;
    least = b < least ? b : least;
  }
  return (NAME(split)){(size_t)below, greatest, least};
}

TARGET static NAME(split) NAME(split_all)(const KEY *keys, size_t count, KEY pivot) {
  NAME(split) all = {0, 0, KEY_MOST};
  if (count <= SPLIT_MOST)
    return NAME(split_keys)(keys, count, pivot);
  for (size_t done = 0, n; done < count; done += n) {
    n = count - done < SPLIT_MOST ? count - done : SPLIT_MOST;
    NAME(split) part = NAME(split_keys)(keys + done, n, pivot);
    all.below += part.below;
    all.greatest_below = part.greatest_below > all.greatest_below ? part.greatest_below : all.greatest_below;
    all.least_not_below = part.least_not_below < all.least_not_below ? part.least_not_below : all.least_not_below;
  }
  return all;
}

/* Hoare's selection, as Wirth has it: parts the keys at a pivot and goes on with the part that has the k-th. */
TARGET static KEY NAME(select_moving)(KEY *keys, size_t count, size_t k) {
  ptrdiff_t low = 0, high = (ptrdiff_t)count - 1, at = (ptrdiff_t)k;
  while (low < high) {
    KEY pivot = keys[at];
    ptrdiff_t i = low, j = high;
    do {
      while (keys[i] < pivot)
        i++;
      while (keys[j] > pivot)
        j--;
      if (i <= j) {
        KEY kept = keys[i];
        keys[i++] = keys[j];
        keys[j--] = kept;
      }
    } while (i <= j);
    /* keys[low..j] <= pivot <= keys[i..high]; a key between j and i is the pivot */
    if (at <= j)
      high = j;
    else if (at >= i)
      low = i;
    else
      break;
  }
  return keys[at];
}

/* The median of a few keys here and there. */
TARGET static KEY NAME(sample_guess)(const KEY *keys, size_t count) {
  KEY sample[SAMPLE];
  for (size_t i = 0; i < SAMPLE; i++)
    sample[i] = keys[count / SAMPLE * i];
  return NAME(select_moving)(sample, SAMPLE, SAMPLE / 2);
}

/* Moves the keys from `least` to `most` to the front. Returns their number. */
TARGET static size_t NAME(gather)(KEY *keys, size_t count, KEY least, KEY most) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    KEY key = keys[i];
    keys[n] = key;
    n += (key >= least) & (key <= most);
  }
  return n;
}

/* Where to look next: pivots known to lie below and above the k-th key, and how many keys are below each. */
typedef struct NAME(bracket) {
  KEY low, high; /* the k-th is one of low..high */
  size_t below_low, below_high;
  bool has_low, has_high; /* found by a split */
} NAME(bracket);

/* `rank`: so many keys are to be below. `unit`: keys to go for a rank, where only one side is known. */
TARGET static KEY NAME(next_pivot)(const NAME(bracket) * b, double rank, double unit) {
  double low = (double)b->low, high = (double)b->high, pivot;
  if (b->has_low && b->has_high) {
    pivot = low + (high - low) * (rank - (double)b->below_low) / (double)(b->below_high - b->below_low);
  } else if (b->has_low || b->has_high) {
    /* Farther than the rank asks for, so that the k-th is caught between the two. */
    double away = rank - (double)(b->has_low ? b->below_low : b->below_high);
    pivot = (b->has_low ? low + 2 * unit : high - 2 * unit) + away * unit * 1.2;
  } else
    pivot = low + (high - low) / 2;
  if (!(pivot > low + 1)) /* low itself would tell nothing new */
    return b->low + 1;
  return pivot < high ? (KEY)pivot : b->high;
}

/* The k-th smallest (0-based, k < count) of keys that are not negative. `guess`: where it may be, 0: anywhere. The keys
 * may be left in another order; behind them is room for a vector more, which is written to. */
TARGET static KEY NAME(select)(KEY *keys, size_t count, size_t k, KEY guess) {
  NAME(bracket) b = {0, KEY_MOST, 0, count, false, false};
  if (count <= MOVING_MOST)
    return NAME(select_moving)(keys, count, k);
  KEY pivot = guess > 0 ? guess : NAME(sample_guess)(keys, count);
  double unit = (double)KEY_SLOPE / (double)count;
  size_t padded = (count + KEYS_PADDED - 1) / KEYS_PADDED * KEYS_PADDED;
  for (size_t i = count; i < padded; i++)
    keys[i] = KEY_MOST; /* not below any pivot */
  for (unsigned pass = 0; pass < PASSES_MOST && b.low < b.high; pass++) {
    NAME(split) s = NAME(split_all)(keys, padded, pivot > 0 ? pivot : 1);
    if (s.below == k)
      return s.least_not_below;
    if (s.below == k + 1)
      return s.greatest_below;
    if (s.below < k) {
      b.low = s.least_not_below;
      b.below_low = s.below;
      b.has_low = true;
    } else {
      b.high = s.greatest_below;
      b.below_high = s.below;
      b.has_high = true;
    }
    pivot = NAME(next_pivot)(&b, (double)k + 0.5, unit);
    unit *= 2; /* the guess may be far off */
  }
  if (b.low == b.high)
    return b.low;
  return NAME(select_moving)(keys, NAME(gather)(keys, count, b.low, b.high), k - b.below_low);
}
