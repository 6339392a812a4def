import type { Messages } from './messages.ts';

export const AR: Messages = {
  amountToPay: 'المبلغ المطلوب',
  amountPaid: 'المبلغ المدفوع',
  amount: 'المبلغ',
  reference: 'الرقم المرجعي',
  details: 'تفاصيل الطلب',
  payBy: (time) => `ادفع قبل ${time}`,
  timeLeft: 'الوقت المتبقي',
  fiveMinutesLeft: 'بقيت 5 دقائق للدفع.',
  oneMinuteLeft: 'بقيت دقيقة واحدة للدفع.',
  timeIsUp: 'انتهى الوقت. نتحقق الآن من دفعتك.',

  chooseTitle: 'كيف تريد أن تدفع؟',
  confirmTitle: 'أكّد الدفع',
  pay: (amount) => `ادفع ${amount}`,
  cancel: 'إلغاء والعودة',
  oneMoment: 'لحظة من فضلك…',
  offline: 'لا يوجد اتصال. لا تدفع مرة أخرى الآن: سنتحقق من الأمر.',
  checkAgain: 'تحقق مرة أخرى',
  tryAgain: 'حاول مرة أخرى',
  notCharged: 'لم يُخصم منك أي مبلغ.',
  backTo: (shop) => `العودة إلى ${shop}`,
  leavingSoon: (shop) => `ستعود إلى ${shop} خلال بضع ثوانٍ.`,

  declinedTitle: 'رُفض الدفع',
  declinedNext: 'حاول مرة أخرى أو اختر طريقة دفع أخرى.',
  declined: {
    insufficientFunds: 'الرصيد في هذا الحساب غير كافٍ.',
    expiredCard: 'انتهت صلاحية هذه البطاقة.',
    incorrectCvc: 'رمز أمان البطاقة غير صحيح.',
    authenticationFailed: 'لم يتمكن البنك من التأكد من هويتك.',
    limitExceeded: 'تتجاوز هذه الدفعة الحد المحدد لدى البنك.',
    general: 'لم يقبل البنك هذه الدفعة.',
  },

  redirectTitle: 'تابع مع البنك',
  redirectText: 'ننقلك إلى صفحة آمنة للموافقة على هذه الدفعة، ثم تعود إلى هنا.',
  redirectAction: 'متابعة',

  qrTitle: 'امسح الرمز للدفع',
  qrText: 'افتح تطبيق البنك وامسح الرمز ثم وافق على الدفع.',
  qrAlt: 'رمز QR لهذه الدفعة',
  qrWaiting: 'في انتظار الدفع…',
  openApp: 'افتح في التطبيق',
  copyCode: 'نسخ رمز الدفع',
  copied: 'تم النسخ',

  waitingTitle: 'البنك يؤكد الدفع',
  waitingText: 'يمكنك إغلاق هذه الصفحة؛ سيتم إبلاغ المتجر.',
  unknownTitle: 'نستفسر من البنك',
  unknownText: 'لا نعرف بعد هل تمت الدفعة. لا تدفع مرة أخرى: ستعرض هذه الصفحة النتيجة.',
  unavailableTitle: 'الدفع غير متاح حاليًا',
  unavailableText: 'خدمة الدفع لا تستجيب. لم يُخصم منك أي مبلغ. يُرجى المحاولة بعد قليل.',

  succeededTitle: 'تم الدفع بنجاح',
  succeededText: 'شكرًا لك. وصلت دفعتك.',
  failedTitle: 'فشل الدفع',
  canceledTitle: 'أُلغي الدفع',
  expiredTitle: 'انتهى الوقت',
  expiredText: 'انتهت صلاحية هذه الدفعة. لم يُخصم أي مبلغ.',
  reversedTitle: 'تم التراجع عن الدفع',
  reversedText: 'تم التراجع عن هذه الدفعة. لم يُخصم أي مبلغ.',

  missingTitle: 'رابط الدفع هذا لا يعمل',
  missingText:
    'ربما انتهت صلاحيته أو استُبدل برابط أحدث. عُد إلى المتجر لرؤية طلبك. إذا كنت قد دفعت بالفعل فاسأل المتجر قبل أن تدفع مرة أخرى.',

  testMode: 'وضع الاختبار: لا أموال حقيقية',
  poweredBy: 'المدفوعات عبر Tollgate',
  help: 'المساعدة',
  legal: 'معلومات قانونية',
};
