"""What remains of an interview: sealed recordings, minutes, evidence, outcome and transcript."""
