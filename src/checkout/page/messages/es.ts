import type { Messages } from './messages.ts';

export const ES: Messages = {
  amountToPay: 'Importe a pagar',
  amountPaid: 'Importe pagado',
  amount: 'Importe',
  reference: 'Referencia',
  details: 'Detalles del pedido',
  payBy: (time) => `Pague antes de ${time}`,
  timeLeft: 'Tiempo restante',
  fiveMinutesLeft: 'Quedan 5 minutos para pagar.',
  oneMinuteLeft: 'Queda 1 minuto para pagar.',
  timeIsUp: 'Se acabó el tiempo. Estamos comprobando su pago.',

  chooseTitle: '¿Cómo desea pagar?',
  confirmTitle: 'Confirme su pago',
  pay: (amount) => `Pagar ${amount}`,
  cancel: 'Cancelar y volver',
  oneMoment: 'Un momento…',
  offline: 'Sin conexión. No vuelva a pagar todavía: lo comprobaremos.',
  checkAgain: 'Comprobar de nuevo',
  tryAgain: 'Intentar de nuevo',
  notCharged: 'No se le ha cobrado nada.',
  backTo: (shop) => `Volver a ${shop}`,
  leavingSoon: (shop) => `Volverá a ${shop} en unos segundos.`,

  declinedTitle: 'Pago rechazado',
  declinedNext: 'Inténtelo de nuevo o elija otra forma de pago.',
  declined: {
    insufficientFunds: 'No hay saldo suficiente en esta cuenta.',
    expiredCard: 'Esta tarjeta ha caducado.',
    incorrectCvc: 'El código de seguridad de la tarjeta no es correcto.',
    authenticationFailed: 'Su banco no pudo confirmar que era usted.',
    limitExceeded: 'Este pago supera el límite fijado con su banco.',
    general: 'Su banco no aceptó este pago.',
  },

  redirectTitle: 'Continúe con su banco',
  redirectText: 'Le llevamos a una página segura para aprobar este pago. Después volverá aquí.',
  redirectAction: 'Continuar',

  qrTitle: 'Escanee para pagar',
  qrText: 'Abra la aplicación de su banco, escanee el código y apruebe el pago.',
  qrAlt: 'Código QR de este pago',
  qrWaiting: 'Esperando su pago…',
  openApp: 'Abrir en la aplicación',
  copyCode: 'Copiar código de pago',
  copied: 'Copiado',

  card: {
    title: 'Pagar con tarjeta',
    text: 'Los datos de su tarjeta van directamente al proveedor de pagos. La tienda nunca los ve.',
    number: 'Número de tarjeta',
    expiry: 'Fecha de caducidad',
    code: 'Código de seguridad',
    firstName: 'Nombre',
    lastName: 'Apellidos',
    check: 'Revise los campos marcados.',
    failed:
      'Los campos de la tarjeta no están disponibles en este momento. No se le ha cobrado nada. Inténtelo de nuevo en un momento.',
    needsScript: 'Para pagar con tarjeta se necesita JavaScript. Actívelo en su navegador o vuelva a la tienda.',
  },

  waitingTitle: 'Su banco está confirmando',
  waitingText: 'Puede cerrar esta página; se avisará a la tienda.',
  unknownTitle: 'Estamos preguntando al banco',
  unknownText: 'Todavía no sabemos si su pago se ha completado. No pague otra vez: esta página mostrará el resultado.',
  unavailableTitle: 'El pago no está disponible ahora',
  unavailableText:
    'El servicio de pago no responde. No se le ha cobrado nada. Inténtelo de nuevo dentro de un momento.',

  succeededTitle: 'Pago realizado',
  succeededText: 'Gracias. Hemos recibido su pago.',
  failedTitle: 'El pago ha fallado',
  canceledTitle: 'Pago cancelado',
  expiredTitle: 'Se acabó el tiempo',
  expiredText: 'Este pago ha caducado. No se ha cobrado nada.',
  reversedTitle: 'Pago anulado',
  reversedText: 'Este pago se ha anulado. No se ha cobrado nada.',

  missingTitle: 'Este enlace de pago no funciona',
  missingText:
    'Puede que haya caducado o que lo sustituya otro más reciente. Vuelva a la tienda para ver su pedido. Si ya ha pagado, pregunte a la tienda antes de pagar otra vez.',

  testMode: 'Modo de prueba: sin dinero real',
  poweredBy: 'Pagos con Tollgate',
  help: 'Ayuda',
  legal: 'Aviso legal',
};
