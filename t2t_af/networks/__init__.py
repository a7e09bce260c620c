"""Networks: functions of tensors that know no distribution and no bijector.

Every function creates its variables under the current variable scope, which
the caller opens with `reuse=tf.AUTO_REUSE`.
"""
